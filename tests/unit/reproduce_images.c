/* SPDX-License-Identifier: MIT */
#include "cmd/reproduce_images.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "report/first_difference.h"
#include "says.h"
#include "store/store.h"

static char top[] = "/tmp/reproduce_images.XXXXXX";

/* A layer with one file of that text, in the store of that folder; the result of a build whose only output is
 * a disk. */
static json_t *built(const char *folder, const char *text, const char *layer)
{
	char bytes[1 << 14], hex[DIGEST_HEX];
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	struct store *s = NULL;
	struct digest d;
	size_t len = 0;

	archive_write_set_format_pax_restricted(a);
	archive_write_open_memory(a, bytes, sizeof bytes, &len);
	archive_entry_set_pathname(e, "some/file");
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (int)strlen(text));
	archive_write_header(a, e);
	archive_write_data(a, text, strlen(text));
	archive_write_close(a);
	archive_entry_free(e);
	archive_write_free(a);
	ok(fine(store_open(folder, &s)) && fine(store_put(s, bytes, len, &d)));
	store_close(s);
	AUTO_FREE char *digest = mem_printf("sha256:%s", digest_hex(&d, hex));
	return json_pack("{s:[{s:s, s:s}], s:[{s:s, s:s, s:s}]}", "layers", "layer", layer, "digest", digest,
			 "outputs", "output", "raw", "path", "/nowhere/a.raw", "inputs", "sha256:00");
}

static json_t *difference(const json_t *first, const json_t *second, const char *other)
{
	AUTO_CONTENTS struct contents a = { 0 }, b = { 0 };
	json_t *ret = NULL;

	ok(fine(reproduce_images(first, second, other, &a, &b)));
	ok(a.layer_count == 1 && !strcmp(a.layers[0].name, "apps"));
	ok(fine(first_difference(&a, &b, &ret)));
	return ret;
}

static const char *at(const json_t *difference, const char *key)
{
	return json_string_value(json_object_get(json_object_get(difference, "at"), key));
}

static void test_disks_alone(const char *here, const char *other)
{
	json_t *first = built(here, "one\nhere\n", "apps"), *second = built(other, "one\nthere\n", "apps"),
	       *same = built(other, "one\nhere\n", "apps");
	ok(geteuid() || !chown(other, 12345, 12345)); /* as the second build's is */
	json_t *d = difference(first, second, other);

	is(json_string_value(json_object_get(d, "path")), "/some/file");
	is(at(d, "where"), "line 2");
	is(at(d, "first"), "here");
	is(at(d, "second"), "there");
	json_decref(d);
	ok(!difference(first, same, other));
	json_decref(same);
	json_decref(second);
	json_decref(first);
}

static void test_no_layer(const char *other)
{
	AUTO_CONTENTS struct contents a = { 0 }, b = { 0 };
	json_t *bad = json_pack("{s:[{s:s, s:s}]}", "layers", "layer", "apps", "digest", "sha256:no");

	ok(says(reproduce_images(bad, bad, other, &a, &b), ERR_SYSTEM, "a layer without a digest"));
	json_decref(bad);
}

static json_t *bytes_difference(const char *one, const char *two)
{
	AUTO_FREE char *a = mem_printf("%s/a", top), *b = mem_printf("%s/b", top);
	json_t *ret = json_object();

	ok(fine(file_write(a, one, strlen(one), 0644)) && fine(file_write(b, two, strlen(two), 0644)));
	ok(fine(first_difference_bytes(a, b, ret)));
	return ret;
}

static void test_files(void)
{
	json_t *lines = bytes_difference("{\n  \"a\": 1\n}\n", "{\n  \"a\": 2\n}\n"),
	       *end = bytes_difference("", "x");
	AUTO_FREE char *gone = mem_printf("%s/gone", top);

	is(at(lines, "where"), "line 2");
	is(at(lines, "second"), "  \"a\": 2");
	is(at(end, "where"), "line 1");
	is(at(end, "first"), "");
	is(at(end, "second"), "x");
	ok(says(first_difference_bytes(gone, gone, lines), ERR_SYSTEM, "gone: No such file"));
	json_decref(end);
	json_decref(lines);
}

int main(void)
{
	if (!mkdtemp(top))
		return 1;
	AUTO_FREE char *here = mem_printf("%s/here", top), *other = mem_printf("%s/other", top);
	setenv("MKBENCH_STORE", here, 1);
	test_disks_alone(here, other);
	test_no_layer(other);
	test_files();
	ok(fine(file_remove_tree(top)));
	return t_done();
}
