/* SPDX-License-Identifier: MIT */
/* Sources of apps from archives: how they may be packed, and what an archive must not do. */
#include "fetch/source.h"
#include "fetch/source_tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "says.h"

static char *top;
static struct store *store;

struct member {
	const char *path; /* a last slash: a folder */
	const char *text; /* of a file, or what a link points to */
	enum { PLAIN, SYMLINK, HARDLINK, FIFO, PROGRAM, HOLE_BEFORE, HOLE_AFTER } kind;
};

static void add(struct archive *a, const struct member *m)
{
	struct archive_entry *e = archive_entry_new();
	size_t len = m->text ? strlen(m->text) : 0;
	unsigned type = m->path[strlen(m->path) - 1] == '/' ? AE_IFDIR :
			m->kind == SYMLINK		    ? AE_IFLNK :
			m->kind == FIFO			    ? AE_IFIFO :
							      AE_IFREG;
	size_t hole = m->kind >= HOLE_BEFORE ? 1 << 16 : 0, data = m->kind == HOLE_BEFORE ? hole : 0;
	AUTO_FREE char *bytes = mem_new(len + hole + 1);

	archive_entry_set_pathname(e, m->path);
	archive_entry_set_filetype(e, type);
	archive_entry_set_perm(e, m->kind == PROGRAM ? 06700 : 0666);
	archive_entry_set_size(e, type == AE_IFREG && m->kind != HARDLINK ? (int64_t)(len + hole) : 0);
	if (m->kind == SYMLINK)
		archive_entry_set_symlink(e, m->text);
	if (m->kind == HARDLINK)
		archive_entry_set_hardlink(e, m->text);
	if (hole)
		archive_entry_sparse_add_entry(e, (int64_t)data, (int64_t)len);
	memcpy(bytes + data, m->text ? m->text : "", len);
	ok(archive_write_header(a, e) == ARCHIVE_OK);
	if (type == AE_IFREG && m->kind != HARDLINK && len)
		ok(archive_write_data(a, bytes, len + hole) == (la_ssize_t)(len + hole));
	archive_entry_free(e);
}

static void pack_as(struct archive *a, const char *kind)
{
	static const struct {
		const char *name;
		int (*set)(struct archive *);
	} filters[] = {
		{ "gzip", archive_write_add_filter_gzip },
		{ "bzip2", archive_write_add_filter_bzip2 },
		{ "xz", archive_write_add_filter_xz },
		{ "zstd", archive_write_add_filter_zstd },
	};

	ok((strcmp(kind, "zip") ? archive_write_set_format_pax(a) : archive_write_set_format_zip(a)) ==
	   ARCHIVE_OK);
	for (size_t i = 0; i < COUNT(filters); i++)
		if (!strcmp(filters[i].name, kind))
			ok(filters[i].set(a) == ARCHIVE_OK);
}

static struct err *get_bytes(const void *bytes, size_t len, struct app_source *ret)
{
	struct digest d = { 0 };
	char hex[DIGEST_HEX];

	ok(!store_put(store, bytes, len, &d));
	struct app app = { .name = "demo",
			   .archive = "https://example.org/demo",
			   .sha256 = digest_hex(&d, hex) };
	return source_get(store, &(struct recipe){ .path = "recipe.yml" }, &app, NULL, NULL, ret);
}

static struct err *get(const char *kind, const struct member *members, size_t count, struct app_source *ret)
{
	AUTO_FREE char *path = mem_printf("%s/archive", top), *bytes = NULL;
	struct archive *a = archive_write_new();
	size_t len = 0;

	pack_as(a, kind);
	ok(archive_write_open_filename(a, path) == ARCHIVE_OK);
	for (size_t i = 0; i < count; i++)
		add(a, &members[i]);
	ok(archive_write_free(a) == ARCHIVE_OK && !file_read(path, 1 << 20, &bytes, &len));
	return get_bytes(bytes, len, ret);
}

/* However it is packed, and below whatever folder, it is the same source. */
static void packings(void)
{
	static const char *const kinds[] = { "plain", "gzip", "bzip2", "xz", "zstd", "zip" };
	static const struct member flat[] = {
		{ "file", "text", 0 },
		{ "run", "#!", PROGRAM },
		{ "a/", NULL, 0 },
		{ "a/link", "../file", SYMLINK },
	};
	static const struct member deep[] = { { "demo-1/file", "text", 0 },
					      { "demo-1/run", "#!", PROGRAM },
					      { "demo-1/a/link", "../file", SYMLINK } };
	struct digest first = { 0 };

	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct app_source a, b;
		ok(!get(kinds[i], flat, COUNT(flat), &a) && !get(kinds[i], deep, COUNT(deep), &b));
		if (!i)
			first = a.digest;
		ok(digest_equal(&a.digest, &first) && digest_equal(&b.digest, &first));
		const struct entry *run = tree_find(&a.files, "run");
		ok(run && run->mode == 0755 && run->size_bytes == 2);
		source_done(&a);
		source_done(&b);
	}
}

/* A file with two names, as tar keeps it, is two files that are alike. */
static void second_names(void)
{
	static const struct member linked[] = { { "a/run", "#!", PROGRAM }, { "run", "a/run", HARDLINK } };
	static const struct member twice[] = { { "a/run", "#!", PROGRAM }, { "run", "#!", PROGRAM } };
	struct app_source a, b;

	ok(!get("gzip", linked, COUNT(linked), &a) && !get("gzip", twice, COUNT(twice), &b));
	ok(digest_equal(&a.digest, &b.digest));
	source_done(&a);
	source_done(&b);
}

#define C16 "cccccccccccccccc"
#define C256 C16 C16 C16 C16 C16 C16 C16 C16 C16 C16 C16 C16 C16 C16 C16 C16
#define D200 C16 C16 C16 C16 C16 C16 C16 C16 C16 C16 C16 C16 "/"

static void refusals(void)
{
	static const struct {
		struct member members[2];
		const char *words;
	} cases[] = {
		{ { { "../x", "", 0 } }, "a name that leaves it" },
		{ { { "a/../../x", "", 0 } }, "a name that leaves it" },
		{ { { "/x", "", 0 } }, "a name that leaves it" },
		{ { { "..", "", 0 } }, "a name that leaves it" },
		{ { { "l", "..", SYMLINK }, { "l/x", "", 0 } }, "writes through" },
		{ { { "l", "/tmp", SYMLINK }, { "l/x", "", 0 } }, "writes through" },
		{ { { "l", "../../x", SYMLINK } }, "points outside its app" },
		{ { { "l", "/etc/passwd", SYMLINK } }, "points outside its app" },
		{ { { "h", "../../x", HARDLINK } }, "a name that leaves it" },
		{ { { "h", "/etc/passwd", HARDLINK } }, "a name that leaves it" },
		{ { { "h", "gone", HARDLINK } }, "no file of the archive" },
		{ { { "d/", NULL, 0 }, { "h", "d", HARDLINK } }, "no file of the archive" },
		{ { { "l", "/etc", SYMLINK }, { "h", "l/passwd", HARDLINK } }, "no file of the archive" },
		{ { { "l", "/etc/passwd", SYMLINK }, { "h", "l", HARDLINK } }, "no file of the archive" },
		{ { { C256, "", 0 } }, "a name that is too long: cccc" },
		{ { { D200 D200 D200 D200 D200 D200 D200 D200 D200 D200 D200 "f", "", 0 } },
		  "a name that is too long: cccc" },
		{ { { "p", NULL, FIFO } }, "no file, folder or link" },
		{ { { "f", "x", 0 }, { "f", "y", 0 } }, "f: File exists" },
		{ { { "f", "x", HOLE_BEFORE } }, "a file with holes: f" },
		{ { { "f", "x", HOLE_AFTER } }, "a file with holes: f" },
	};
	AUTO_FREE char *beside = mem_printf("%s/store/tmp/x", top);
	bool was = !access("/tmp/x", F_OK); /* somebody else's */

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct app_source src;
		struct err *e = get("plain", cases[i].members, 1 + !!cases[i].members[1].path, &src);
		ok(says(e,
			strstr(cases[i].words, "File exists") || strstr(cases[i].words, "writes through") ?
				ERR_SYSTEM :
				ERR_BUILD,
			cases[i].words));
		source_done(&src);
		ok(access(beside, F_OK) < 0 && (was || access("/tmp/x", F_OK) < 0));
	}
}

/* An archive of those members, unpacked under a limit. */
static struct err *unpack_within(const struct member *members, size_t count, const struct source_limit *limit)
{
	AUTO_FREE char *path = mem_printf("%s/limited.tar", top), *folder = mem_printf("%s/limited", top);
	struct archive *a = archive_write_new();

	pack_as(a, "plain");
	ok(archive_write_open_filename(a, path) == ARCHIVE_OK);
	for (size_t i = 0; i < count; i++)
		add(a, &members[i]);
	archive_write_free(a);
	ok(!file_make_folder(folder, 0700));
	struct err *e = source_tar_unpack(path, folder, limit);
	ok(!file_remove_tree(folder));
	return e;
}

static void limits(void)
{
	static const struct member three[] = { { "a/b/c", "12345", 0 },
					       { "d", "12345", 0 },
					       { "a/b/e", "1", 0 } };

	ok(!unpack_within(three, COUNT(three), &(struct source_limit){ 11, 5, 11 }));
	ok(says(unpack_within(three, COUNT(three), &(struct source_limit){ 10, 5, 11 }), ERR_BUILD,
		"unpacks to more than 10 bytes"));
	/* a folder between counts once */
	ok(says(unpack_within(three, COUNT(three), &(struct source_limit){ 11, 4, 11 }), ERR_BUILD,
		"more than 4 files"));
	ok(says(unpack_within(three, COUNT(three), &(struct source_limit){ 11, 5, 10 }), ERR_BUILD,
		"of names"));
}

/* libarchive knows formats that it leaves to programs; bytes from anywhere must
 * not choose a program to run. */
static void runs_no_program(void)
{
	static const char bytes[] = "LRZI\0\6 and so on, and on, and on, and on, and on, and on, and on";
	AUTO_FREE char *program = mem_printf("%s/lrzip", top), *marker = mem_printf("%s/ran", top);
	AUTO_FREE char *script = mem_printf("#!/bin/sh\n: >%s\n", marker),
		       *path = mem_printf("%s:%s", top, getenv("PATH"));
	struct app_source src;

	ok(!file_write(program, script, strlen(script), 0755));
	setenv("PATH", path, 1);
	ok(says(get_bytes(bytes, sizeof bytes, &src), ERR_BUILD, "https://example.org/demo: "));
	source_done(&src);
	ok(access(marker, F_OK) < 0);
}

int main(void)
{
	top = mem_dup("/tmp/mkbench-source_tar.XXXXXX");
	if (!mkdtemp(top))
		return 1;
	AUTO_FREE char *path = mem_printf("%s/store", top);
	ok(!store_open(path, &store));
	packings();
	second_names();
	refusals();
	limits();
	runs_no_program();
	store_close(store);
	ok(!file_remove_tree(top));
	free(top);
	return t_done();
}
