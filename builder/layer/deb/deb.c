/* SPDX-License-Identifier: MIT */
#include "layer/deb/deb.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/text.h"

#define CHUNK (128 * 1024)

struct deb {
	struct archive *outer; /* the ar archive, positioned in one member */
	const struct deb_sink *sink;
	struct text path, link; /* of the current entry */
	size_t entries;
	uint64_t data_bytes, index_bytes;
	char *chunk;
	bool has_control;
};

static struct err *bad(struct archive *a, const char *what)
{
	const char *why = archive_error_string(a);

	return err_new(ERR_BUILD, "%s: %s", what, why ? why : "it is damaged");
}

static ssize_t feed_inner(struct archive *inner, void *arg, const void **bytes)
{
	struct deb *d = arg;
	size_t len;
	la_int64_t offset;
	int r = archive_read_data_block(d->outer, bytes, &len, &offset);

	if (r == ARCHIVE_EOF)
		return 0;
	if (r < ARCHIVE_WARN) {
		archive_set_error(inner, archive_errno(d->outer), "%s", archive_error_string(d->outer));
		return -1;
	}
	return (ssize_t)len;
}

static void close_archive(struct archive **a)
{
	archive_read_free(*a);
}
#define AUTO_ARCHIVE __attribute__((cleanup(close_archive)))

static struct archive *new_tar(void)
{
	struct archive *a = archive_read_new();

	if (!a)
		mem_exhausted();
	archive_read_support_format_tar(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_lzma(a);
	return a;
}

/* Normalises a path: "./usr//bin/" becomes "usr/bin"; the root is "". */
static struct err *tidy(const char *raw, struct text *ret)
{
	ret->len = 0;
	text_put(ret, "");
	if (!raw)
		return err_new(ERR_BUILD, "an entry has no name");
	if (strlen(raw) >= 4096)
		return err_new(ERR_BUILD, "an entry's name is longer than 4095 bytes");
	for (const char *at = raw; *at;) {
		size_t len = strcspn(at, "/");
		if (len == 2 && at[0] == '.' && at[1] == '.')
			return err_new(ERR_BUILD, "%s climbs out of its folder", raw);
		if (len > 255)
			return err_new(ERR_BUILD, "%s has a name longer than 255 bytes", raw);
		if (len && !(len == 1 && *at == '.')) {
			if (ret->len)
				text_add(ret, "/", 1);
			text_add(ret, at, len);
		}
		at += len + (at[len] == '/');
	}
	if (strpbrk(ret->bytes, "\n\r"))
		return err_new(ERR_BUILD, "an entry's name holds a line break");
	return NULL;
}

static const char *either(const char *raw, const char *utf8)
{
	return raw ? raw : utf8;
}

static bool kind_of(mode_t type, uint8_t *ret)
{
	switch (type) {
	case AE_IFREG: *ret = ENTRY_FILE; return true;
	case AE_IFDIR: *ret = ENTRY_FOLDER; return true;
	case AE_IFLNK: *ret = ENTRY_SYMLINK; return true;
	case AE_IFCHR: *ret = ENTRY_CHAR; return true;
	case AE_IFBLK: *ret = ENTRY_BLOCK; return true;
	case AE_IFIFO: *ret = ENTRY_FIFO; return true;
	default: return false;
	}
}

/* Limits what the reader of a package keeps in memory. */
static struct err *count(struct deb *d, const struct entry *e, uint64_t more)
{
	d->index_bytes += more + strlen(e->path) + (e->link ? strlen(e->link) : 0);
	if (++d->entries > DEB_ENTRY_LIMIT)
		return err_new(ERR_BUILD, "the package holds more than %u entries", DEB_ENTRY_LIMIT);
	if (d->index_bytes > DEB_INDEX_LIMIT)
		return err_new(ERR_BUILD, "names and control data of the package are larger than 256 MiB");
	return NULL;
}

static struct err *convert(struct deb *d, struct archive_entry *ae, struct entry *ret)
{
	const char *hard = either(archive_entry_hardlink(ae), archive_entry_hardlink_utf8(ae));

	TRY(tidy(either(archive_entry_pathname(ae), archive_entry_pathname_utf8(ae)), &d->path));
	*ret = (struct entry){ .path = d->path.bytes, .mode = archive_entry_perm(ae) & 07777 };
	if (hard) {
		TRY_AS(tidy(hard, &d->link), "%s", ret->path);
		ret->kind = ENTRY_HARDLINK;
		ret->link = d->link.bytes;
	} else if (!kind_of(archive_entry_filetype(ae), &ret->kind)) {
		return err_new(ERR_BUILD, "%s is of a kind no package may hold", ret->path);
	}
	if (ret->kind == ENTRY_SYMLINK) {
		ret->link = either(archive_entry_symlink(ae), archive_entry_symlink_utf8(ae));
		if (!ret->link || !*ret->link || strlen(ret->link) >= 4096)
			return err_new(ERR_BUILD, "%s is a link without a usable target", ret->path);
	}
	if (!*ret->path && ret->kind != ENTRY_FOLDER)
		return err_new(ERR_BUILD, "the root is not a folder");
	la_int64_t uid = archive_entry_uid(ae), gid = archive_entry_gid(ae), size = archive_entry_size(ae);
	if (uid < 0 || uid > UINT16_MAX || gid < 0 || gid > UINT16_MAX)
		return err_new(ERR_BUILD, "%s belongs to no usable owner", ret->path);
	ret->uid = (uint32_t)uid;
	ret->gid = (uint32_t)gid;
	ret->mtime = archive_entry_mtime(ae) > 0 ? archive_entry_mtime(ae) : 0;
	ret->major = (uint32_t)archive_entry_rdevmajor(ae);
	ret->minor = (uint32_t)archive_entry_rdevminor(ae);
	if (ret->kind == ENTRY_FILE && size < 0)
		return err_new(ERR_BUILD, "%s has no size", ret->path);
	ret->size_bytes = ret->kind == ENTRY_FILE ? (uint64_t)size : 0;
	return NULL;
}

static struct err *read_bytes(struct deb *d, struct archive *tar, const struct entry *e)
{
	uint64_t left = e->size_bytes;

	while (left) {
		la_ssize_t n = archive_read_data(tar, d->chunk, left < CHUNK ? (size_t)left : CHUNK);
		if (n < 0)
			return bad(tar, e->path);
		if (!n)
			return err_new(ERR_BUILD, "%s ends early", e->path);
		TRY(d->sink->bytes(d->sink->arg, d->chunk, (size_t)n));
		left -= (uint64_t)n;
	}
	return NULL;
}

static struct err *read_data(struct deb *d, struct archive *tar)
{
	struct archive_entry *ae;
	int r;

	if (!d->has_control)
		return err_new(ERR_BUILD, "the package's files come before its control data");
	while ((r = archive_read_next_header(tar, &ae)) != ARCHIVE_EOF) {
		struct entry e;
		if (r < ARCHIVE_WARN)
			return bad(tar, "data.tar");
		TRY(convert(d, ae, &e));
		TRY(count(d, &e, 0));
		if (e.size_bytes > DEB_DATA_LIMIT - d->data_bytes)
			return err_new(ERR_BUILD, "%s: the package unpacks to more than 16 GiB", e.path);
		d->data_bytes += e.size_bytes;
		TRY(d->sink->entry(d->sink->arg, &e));
		TRY(read_bytes(d, tar, &e));
	}
	return NULL;
}

static struct err *read_control(struct deb *d, struct archive *tar)
{
	struct archive_entry *ae;
	int r;

	while ((r = archive_read_next_header(tar, &ae)) != ARCHIVE_EOF) {
		struct entry e;
		if (r < ARCHIVE_WARN)
			return bad(tar, "control.tar");
		TRY(convert(d, ae, &e));
		TRY(count(d, &e, e.size_bytes));
		if (e.kind == ENTRY_FOLDER)
			continue;
		if (e.kind != ENTRY_FILE || strchr(e.path, '/') || e.size_bytes > DEB_MEMBER_LIMIT)
			return err_new(ERR_BUILD, "control member %s is not a plain file of at most 16 MiB",
				       e.path);
		AUTO_FREE char *bytes = mem_new((size_t)e.size_bytes + 1);
		la_ssize_t n = archive_read_data(tar, bytes, (size_t)e.size_bytes);
		if (n < 0)
			return bad(tar, e.path);
		if ((uint64_t)n != e.size_bytes)
			return err_new(ERR_BUILD, "control member %s ends early", e.path);
		if (!strcmp(e.path, "control"))
			d->has_control = true;
		TRY(d->sink->member(d->sink->arg, e.path, e.mode, bytes, (size_t)n));
	}
	return d->has_control ? NULL : err_new(ERR_BUILD, "the package has no control file");
}

static struct err *read_inner(struct deb *d, const char *name,
			      struct err *(*read)(struct deb *, struct archive *))
{
	AUTO_ARCHIVE struct archive *tar = new_tar();

	if (archive_read_open(tar, d, NULL, feed_inner, NULL) != ARCHIVE_OK)
		return bad(tar, name);
	return read(d, tar);
}

static struct err *read_outer(struct deb *d)
{
	struct archive_entry *ae;
	bool has_data = false;
	int r;

	while (!has_data && (r = archive_read_next_header(d->outer, &ae)) != ARCHIVE_EOF) {
		const char *name = archive_entry_pathname(ae);
		if (r < ARCHIVE_WARN || !name)
			return bad(d->outer, "not a Debian package");
		if (text_starts(name, "control.tar")) {
			TRY(read_inner(d, name, read_control));
		} else if (text_starts(name, "data.tar")) {
			TRY(read_inner(d, name, read_data));
			has_data = true;
		}
	}
	return has_data ? NULL : err_new(ERR_BUILD, "not a Debian package: it has no data.tar");
}

struct err *deb_read(int fd, const struct deb_sink *sink)
{
	AUTO_ARCHIVE struct archive *ar = archive_read_new();
	AUTO_FREE char *chunk = mem_new(CHUNK);
	struct deb d = { .outer = ar, .sink = sink, .chunk = chunk };

	if (!ar)
		mem_exhausted();
	archive_read_support_format_ar(ar);
	if (archive_read_open_fd(ar, fd, CHUNK) != ARCHIVE_OK)
		return bad(ar, "not a Debian package");
	struct err *e = read_outer(&d);
	text_done(&d.path);
	text_done(&d.link);
	return e;
}
