/* SPDX-License-Identifier: MIT */
#include "registry/reference.h"

#include "base/mem.h"
#include "t.h"

static void test_good(void)
{
	static const struct {
		const char *text, *host, *name, *tag;
		bool loopback;
	} cases[] = {
		{ "registry.example/demo", "registry.example", "demo", "9", false },
		{ "registry.example:5000/team/a_b/c--d.e__f:1.0", "registry.example:5000",
		  "team/a_b/c--d.e__f", "1.0", false },
		{ "localhost/demo:x", "localhost", "demo", "x", true },
		{ "localhost:1/demo", "localhost:1", "demo", "9", true },
		{ "127.8.9.1:5000/demo", "127.8.9.1:5000", "demo", "9", true },
		{ "[::1]:5000/demo:_", "[::1]:5000", "demo", "_", true },
		{ "127.0.0.1.example/demo", "127.0.0.1.example", "demo", "9", false },
		{ "127.example:80/demo", "127.example:80", "demo", "9", false },
		{ "[2001:db8::1]/demo", "[2001:db8::1]", "demo", "9", false },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct reference r;
		struct err *e = reference_parse(cases[i].text, "9", &r);
		ok(!e);
		is(r.host, cases[i].host);
		is(r.name, cases[i].name);
		is(r.tag, cases[i].tag);
		ok(r.loopback == cases[i].loopback);
		err_free(e);
		reference_done(&r);
	}
}

static void test_bad(void)
{
	static const char *const cases[] = {
		"",
		"/",
		"demo",
		"demo:1",
		"team/demo",
		"/demo",
		"r.example/",
		"r.example/:1",
		"r.example/Demo",
		"r.example/a//b",
		"r.example/a/",
		"r.example/a___b",
		"r.example/a..b",
		"r.example/-a",
		"r.example/a:",
		"r.example/a:-",
		"r.example/a:b/c",
		"r.example:/a",
		"r.example:1x/a",
		"r.example:70000/a",
		"r ex.ample/a",
		"[::1/a",
		"[::1]x/a",
		"http://r.example/a",
		"me@r.example/a",
		"me:pw@r.example/a",
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct reference r;
		struct err *e = reference_parse(cases[i], "9", &r);
		ok(e && err_kind(e) == ERR_USAGE);
		AUTO_FREE char *text = e ? err_text(e) : mem_dup("");
		ok(!strstr(text, "pw"));
		err_free(e);
		reference_done(&r);
	}
}

int main(void)
{
	test_good();
	test_bad();
	return t_done();
}
