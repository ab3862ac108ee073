/* SPDX-License-Identifier: MIT */
#include "debian/control.h"

#include <stdlib.h>

#include "base/mem.h"
#include "t.h"

static void is_slice(struct slice got, const char *want)
{
	AUTO_FREE char *text = got.at ? mem_ndup(got.at, got.len) : NULL;

	is(text, want);
}

static void stanzas(void)
{
	static const char text[] = "\n\nPackage: a\nVersion: 1\n\n\n\nPackage: b\n";
	struct control c = { text, text + strlen(text) };
	struct slice stanza = { 0 };

	ok(control_next(&c, &stanza));
	is_slice(stanza, "Package: a\nVersion: 1");
	ok(control_next(&c, &stanza));
	is_slice(stanza, "Package: b");
	ok(!control_next(&c, &stanza));
	c = (struct control){ text, text };
	ok(!control_next(&c, &stanza));
	c = (struct control){ text, text + 2 };
	ok(!control_next(&c, &stanza));
	c = (struct control){ "x", NULL };
	c.end = c.at + 1;
	ok(control_next(&c, &stanza));
	is_slice(stanza, "x");
}

static void fields(void)
{
	static const char text[] =
		"Package:a \nEmpty:\nno field\nDescription: short\n long: 1\n\t.\n more \nX-Last: 9";
	struct slice rest = { text, strlen(text) }, name = { 0 }, value = { 0 };
	static const char *const want[][2] = {
		{ "Package", "a" }, { "Empty", "" },
		{ "", "no field" }, { "Description", "short\n long: 1\n\t.\n more" },
		{ "X-Last", "9" },
	};

	for (size_t i = 0; i < COUNT(want); i++) {
		ok(control_field(&rest, &name, &value));
		is_slice(name, want[i][0]);
		is_slice(value, want[i][1]);
	}
	ok(!control_field(&rest, &name, &value));

	struct slice stanza = { text, strlen(text) };
	is_slice(control_get(stanza, "package"), "a");
	is_slice(control_get(stanza, "X-LAST"), "9");
	is_slice(control_get(stanza, "Empty"), "");
	ok(!control_get(stanza, "long").at);
	ok(!control_get(stanza, "Pack").at);
	rest = (struct slice){ " : a", 4 };
	ok(control_field(&rest, &name, &value) && name.len == 0);
}

static void words(void)
{
	struct slice text = { " ab\n c\t", 7 }, word = { 0 };

	ok(control_word(&text, &word) && control_is(word, "ab"));
	ok(control_word(&text, &word) && control_is(word, "c"));
	ok(!control_word(&text, &word));
	ok(!control_is(word, "c"));
	text = (struct slice){ 0 };
	ok(!control_word(&text, &word) && !word.len);
	ok(control_is((struct slice){ "yes", 3 }, "yes"));
	ok(!control_is((struct slice){ "yes", 3 }, "Yes"));
	ok(!control_is((struct slice){ "yes", 2 }, "yes"));
	ok(control_is((struct slice){ 0 }, ""));
}

static struct slice slice(const char *text)
{
	return (struct slice){ text, strlen(text) };
}

static void values(void)
{
	uint64_t n = 0;
	struct digest d;
	static const char sha[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
	static const char *const bad_numbers[] = {
		"", "-1", "+1", "1 ", "18446744073709551616", "99999999999999999999", "0x1"
	};
	static const char *const bad_paths[] = { "",	   "/a",  "..",	  "a/..", "../a",
						 "a/../b", "a b", "a\tb", "a\x7f" };
	static const char *const good_paths[] = { "a",	  "./a", "a/b..", "..a/b",
						  "a//b", "a/",	 ".../a", "\xc3\xa4" };

	ok(control_number(slice("18446744073709551615"), &n) && n == UINT64_MAX);
	ok(control_number(slice("007"), &n) && n == 7);
	for (size_t i = 0; i < COUNT(bad_numbers); i++)
		ok(!control_number(slice(bad_numbers[i]), &n));
	ok(control_sha256(slice(sha), &d));
	struct digest empty = digest_of("", 0);
	ok(digest_equal(&d, &empty));
	ok(!control_sha256((struct slice){ sha, 63 }, &d));
	ok(!control_sha256((struct slice){ sha, 65 }, &d));
	for (size_t i = 0; i < COUNT(bad_paths); i++)
		ok(!control_is_path(slice(bad_paths[i])));
	for (size_t i = 0; i < COUNT(good_paths); i++)
		ok(control_is_path(slice(good_paths[i])));
}

int main(void)
{
	values();
	stanzas();
	fields();
	words();
	return t_done();
}
