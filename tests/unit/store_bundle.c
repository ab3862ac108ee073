/* SPDX-License-Identifier: MIT */
#include "store/store_bundle.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "reopen.h"

static char *file;

static bool has_ref(struct store *s, const char *kind, const struct digest *key, const char *want)
{
	char *text = NULL;
	bool good = !store_ref_read(s, kind, key, &text) && text && !strcmp(text, want);

	free(text);
	return good;
}

static struct store *empty(void)
{
	struct store *s = NULL;
	AUTO_FREE char *path = mem_printf("%s/other", top);

	ok(!file_remove_tree(path));
	ok(!store_open(path, &s));
	return s;
}

/* What was used goes along, with the layers that name it; what was not stays. */
static void test_round(struct store *s)
{
	char hex[DIGEST_HEX];
	size_t files;
	uint64_t bytes;
	struct digest used = put(s, "used"), unused = put(s, "unused"), key = digest_of("k", 1),
		      other = digest_of("o", 1);
	AUTO_FREE char *line = mem_printf("%s x", digest_hex(&used, hex)),
		       *stray = mem_printf("%s x", digest_hex(&unused, hex));

	ok(!store_ref_write(s, "pack", &key, "one"));
	ok(!store_ref_write(s, "layer", &key, line));
	ok(!store_ref_write(s, "layer", &other, stray));
	store_bundle_watch(s);
	ok(store_has(s, &used));
	ok(has_ref(s, "pack", &key, "one"));
	ok(!store_bundle_write(s, file, &files, &bytes));
	ok(files == 3);
	struct store *there = empty();
	ok(!store_bundle_read(there, file, &files));
	ok(files == 3);
	ok(store_has(there, &used) && !store_has(there, &unused));
	ok(has_ref(there, "pack", &key, "one") && has_ref(there, "layer", &key, line) &&
	   !has_ref(there, "layer", &other, stray));
	ok(!store_bundle_read(there, file, &files)); /* once more is fine */
	store_close(there);
}

static void write_tar(const char *name, const char *text, int type)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();

	archive_write_set_format_pax_restricted(a);
	archive_write_open_filename(a, file);
	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, (unsigned)type);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (int)strlen(text));
	if (type == AE_IFLNK)
		archive_entry_set_symlink(e, "/etc/passwd");
	archive_write_header(a, e);
	archive_write_data(a, text, strlen(text));
	archive_write_close(a);
	archive_entry_free(e);
	archive_write_free(a);
}

#define KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void test_hostile(void)
{
	static const struct {
		const char *name, *text;
		int type;
		enum err_kind kind;
	} cases[] = {
		{ "blobs/sha256/01/23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "x",
		  AE_IFREG, ERR_FETCH },
		{ "blobs/sha256/../../../tmp/x", "x", AE_IFREG, ERR_USAGE },
		{ "blobs/sha256/01/23", "x", AE_IFREG, ERR_USAGE },
		{ "refs/../" KEY, "x\n", AE_IFREG, ERR_USAGE },
		{ "refs/pack/../../x", "x\n", AE_IFREG, ERR_USAGE },
		{ "refs/pack/" KEY, "torn", AE_IFREG, ERR_USAGE },
		{ "refs/pack/" KEY, "", AE_IFLNK, ERR_USAGE },
		{ "git/" KEY "/objects/../../../x", "x", AE_IFREG, ERR_USAGE },
		{ "git/" KEY "/config", "x", AE_IFREG, ERR_USAGE },
		{ "git/" KEY "/objects/pack/.x", "x", AE_IFREG, ERR_USAGE },
		{ "trees/" KEY "/bin/sh", "x", AE_IFREG, ERR_USAGE },
		{ "/etc/passwd", "x", AE_IFREG, ERR_USAGE },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct store *there = empty();
		size_t files;
		write_tar(cases[i].name, cases[i].text, cases[i].type);
		struct err *e = store_bundle_read(there, file, &files);
		ok(e && err_kind(e) == cases[i].kind);
		err_free(e);
		store_close(there);
	}
	struct store *there = empty();
	size_t files;
	ok(!file_write(file, "no tar", 6, 0644));
	struct err *e = store_bundle_read(there, file, &files);
	ok(e && err_kind(e) == ERR_USAGE);
	err_free(e);
	store_close(there);
}

int main(void)
{
	char folder[] = "/tmp/store-bundle.XXXXXX";

	ok(mkdtemp(folder) != NULL);
	top = mem_printf("%s/store", folder);
	file = mem_printf("%s/file.tar", folder);
	struct store *s = reopen(NULL);
	test_round(s);
	store_close(s);
	test_hostile();
	ok(!file_remove_tree(folder));
	free(top);
	free(file);
	return t_done();
}
