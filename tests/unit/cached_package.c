/* SPDX-License-Identifier: MIT */
#include "layer/deb/cached_package.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "layer/deb/cached_package_index.h"
#include "t.h"

struct item {
	const char *path;
	mode_t type;
	const char *bytes; /* or the target of a link */
};

static char area[1 << 20];

static size_t tar_of(const struct item *items, char *ret)
{
	struct archive *a = archive_write_new();
	size_t used = 0;

	archive_write_set_format_gnutar(a);
	archive_write_add_filter_xz(a);
	archive_write_open_memory(a, ret, sizeof area, &used);
	for (; items->path; items++) {
		struct archive_entry *e = archive_entry_new();
		archive_entry_set_pathname(e, items->path);
		archive_entry_set_mode(e, items->type | (items->type == AE_IFDIR ? 0755 : 0644));
		archive_entry_set_mtime(e, 1000, 0);
		if (items->type == AE_IFLNK)
			archive_entry_set_symlink(e, items->bytes);
		else if (!items->type)
			archive_entry_set_hardlink(e, items->bytes);
		size_t len = items->type == AE_IFREG ? strlen(items->bytes) : 0;
		archive_entry_set_size(e, (la_int64_t)len);
		archive_write_header(a, e);
		archive_write_data(a, items->bytes, len);
		archive_entry_free(e);
	}
	archive_write_close(a);
	archive_write_free(a);
	return used;
}

static void put_part(struct archive *ar, const char *name, const void *bytes, size_t len)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_mode(e, AE_IFREG | 0644);
	archive_entry_set_size(e, (la_int64_t)len);
	archive_write_header(ar, e);
	archive_write_data(ar, bytes, len);
	archive_entry_free(e);
}

static struct digest deb_of(struct store *s, const struct item *control, const struct item *data)
{
	static char whole[1 << 21];
	size_t used = 0;
	struct archive *ar = archive_write_new();
	struct digest d = { 0 };

	archive_write_set_format_ar_bsd(ar);
	archive_write_open_memory(ar, whole, sizeof whole, &used);
	put_part(ar, "debian-binary", "2.0\n", 4);
	put_part(ar, "control.tar.xz", area, tar_of(control, area));
	put_part(ar, "data.tar.xz", area, tar_of(data, area));
	archive_write_close(ar);
	archive_write_free(ar);
	struct err *e = store_put(s, whole, used, &d);
	ok(!e);
	err_free(e);
	return d;
}

static const struct item control[] = {
	{ "./", AE_IFDIR, "" },
	{ "./control", AE_IFREG, "Package: a\nVersion: 1\nArchitecture: all\n" },
	{ "./conffiles", AE_IFREG, "/etc/a.conf\nremove-on-upgrade /etc/old\n" },
	{ "./postinst", AE_IFREG, "#!/bin/sh\n" },
	{ 0 },
};

static void round_trip(struct store *s)
{
	static const struct item data[] = {
		{ "./", AE_IFDIR, "" },
		{ "./etc", AE_IFDIR, "" },
		{ "./etc/a.conf", AE_IFREG, "one\n" },
		{ "./empty", AE_IFREG, "" },
		{ "./etc/b", AE_IFREG, "two two\n" },
		{ "./etc/c", AE_IFLNK, "../x" },
		{ "./etc/d", 0, "./etc/b" },
		{ 0 },
	};
	struct digest deb = deb_of(s, control, data);
	struct cached_package *p = NULL;
	struct pack_reader *r = NULL;
	char bytes[16] = "";

	struct err *e = cached_package_make(s, &deb);
	ok(!e);
	ok(!cached_package_load(s, &deb, &p));
	ok(p->tree.count == 7);
	is(p->tree.items[0].path, "");
	is(p->tree.items[2].path, "etc/a.conf");
	ok(p->tree.items[2].mtime == 1000 && p->tree.items[2].size_bytes == 4);
	is(p->tree.items[5].link, "../x");
	ok(p->tree.items[6].kind == ENTRY_HARDLINK);
	is(p->tree.items[6].link, "etc/b");
	is(cached_package_member(p, "postinst")->bytes, "#!/bin/sh\n");
	is(cached_package_member(p, "md5sums")->bytes,
	   "d41d8cd98f00b204e9800998ecf8427e  empty\n0e7e0fde2b79174e03e6cb79ed759ef7  etc/b\n");
	ok(p->conffile_count == 1);
	is(p->conffiles[0].md5, "5bbf5a52328e7439ae6e719dfe712200");
	struct digest want = digest_of("two two\n", 8);
	ok(digest_equal(&p->tree.items[4].sha256, &want));
	ok(!cached_package_open(s, p, &r));
	ok(!cached_package_read(r, p->tree.items[4].content.offset, bytes, 8));
	is(bytes, "two two\n");
	memset(bytes, 0, sizeof bytes);
	ok(!cached_package_read(r, p->tree.items[2].content.offset, bytes, 4)); /* back to the start */
	is(bytes, "one\n");
	e = cached_package_read(r, p->data_bytes, bytes, 1);
	ok(e && err_kind(e) == ERR_SYSTEM);
	err_free(e);
	cached_package_close(r);
	cached_package_free(p);
}

static void refuses(struct store *s, const struct item *members, const struct item *data, const char *why)
{
	struct digest deb = deb_of(s, members, data);
	struct err *e = cached_package_make(s, &deb);
	AUTO_FREE char *text = e ? err_text(e) : NULL;

	is(text, why);
	ok(e && err_kind(e) == ERR_BUILD);
	err_free(e);
}

static void hostile(struct store *s)
{
	static const struct item none[] = { { "./postinst", AE_IFREG, "" }, { 0 } };

	refuses(s, none, none, "the package has no control file");
	refuses(s, control, (struct item[]){ { "./a/../../b", AE_IFREG, "" }, { 0 } },
		"./a/../../b climbs out of its folder");
	refuses(s, control, (struct item[]){ { "./a", 0, "../../etc/passwd" }, { 0 } },
		"a: ../../etc/passwd climbs out of its folder");
	refuses(s, control, (struct item[]){ { "./a\nb", AE_IFREG, "" }, { 0 } },
		"an entry's name holds a line break");
	struct digest junk, cut = { 0 };
	struct err *e = store_put(s, "!<arch>\nnonsense", 16, &junk);
	ok(!e);
	e = cached_package_make(s, &junk);
	ok(e && err_kind(e) == ERR_BUILD);
	err_free(e);
	e = cached_package_make(s, &cut);
	ok(e != NULL); /* not in the store */
	err_free(e);
}

/* Every index cut short or with a byte changed is refused or read, never trusted. */
static void damaged_index(struct store *s)
{
	struct digest deb = deb_of(s, control, (struct item[]){ { "./x", AE_IFREG, "x" }, { 0 } });
	struct cached_package *p = NULL;
	char *bytes = NULL;
	size_t len = 0;
	char path[] = "/tmp/pack-test-XXXXXX";
	AUTO_CLOSE int fd = mkstemp(path);

	unlink(path);
	struct err *e = cached_package_make(s, &deb);
	if (!e)
		e = cached_package_load(s, &deb, &p);
	if (!e)
		e = store_read(s, &p->blob, 1 << 20, &bytes, &len);
	ok(!e);
	cached_package_free(p);
	int refused = 0;
	for (size_t i = 0; i < len; i++) {
		struct cached_package damaged = { 0 };
		bytes[i] = (char)(bytes[i] ^ 0x40);
		ok(pwrite(fd, bytes, len, 0) == (ssize_t)len);
		e = cached_package_index_read(fd, len, &damaged);
		refused += e != NULL;
		err_free(e);
		arena_done(&damaged.arena);
		tree_done(&damaged.tree);
		bytes[i] = (char)(bytes[i] ^ 0x40);
	}
	ok(refused > 0);
	free(bytes);
}

int main(void)
{
	char path[] = "/tmp/pack-test-XXXXXX";
	struct store *s;

	ok(mkdtemp(path) != NULL);
	ok(!store_open(path, &s));
	round_trip(s);
	hostile(s);
	damaged_index(s);
	store_close(s);
	struct err *e = file_remove_tree(path);
	ok(!e);
	return t_done();
}
