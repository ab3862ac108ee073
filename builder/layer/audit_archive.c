/* SPDX-License-Identifier: MIT */
#include "layer/audit_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define HEADER \
	512 /* what an archive says of a member, at least: one of a million empty ones is a bomb, too */
#define CHUNK (256u << 10)
#define STRINGIFY(n) #n
#define NUMBER(n) STRINGIFY(n)

struct reading {
	const struct audit_archive *a;
	uint64_t told;
	struct err *failed;
	const char *left;
	bool over; /* the callback wants no more */
};

/* An archive being read: the file, or a member of another archive. */
struct level {
	struct reading *r;
	unsigned depth;
	uint64_t at;	       /* offset in the file */
	struct archive *outer; /* NULL: this is the file */
	const char *name;      /* of the member, "" for the file */
	size_t ready;	       /* bytes in in that were passed on but not read yet */
	char in[CHUNK], out[CHUNK];
};

struct mark {
	size_t at;
	const char *bytes;
	size_t len;
};

static bool has_mark(const struct mark *marks, size_t count, const char *bytes, size_t len)
{
	for (size_t i = 0; i < count; i++)
		if (len >= marks[i].at + marks[i].len &&
		    !memcmp(bytes + marks[i].at, marks[i].bytes, marks[i].len))
			return true;
	return false;
}

/* Recognises an archive and its offset: a zip may have a program's first line before it. */
static bool is_archive(const char *bytes, size_t len, size_t *ret_begins)
{
	static const struct mark marks[] = {
		{ 0, "\x1f\x8b", 2 },
		{ 0, "\x1f\x9d", 2 }, /* compress */
		{ 0, "BZh", 3 },
		{ 0, "\xfd\x37\x7aXZ", 5 },
		{ 0, "\x5d\0\0", 3 }, /* lzma */
		{ 0, "LZIP", 4 },
		{ 0, "\x04\x22\x4d\x18", 4 }, /* lz4 */
		{ 0, "\x28\xb5\x2f\xfd", 4 }, /* zstd */
		{ 0, "PK\3\4", 4 },
		{ 0, "!<arch>\n", 8 },
		{ 0, "070701", 6 }, /* cpio */
		{ 0, "070702", 6 },
		{ 0, "070707", 6 },
		{ 257, "ustar", 5 },
	};
	const char *zip = len > 2 && bytes[0] == '#' && bytes[1] == '!' ?
				  memmem(bytes, len < 512 ? len : 512, "PK\3\4", 4) :
				  NULL;

	*ret_begins = zip ? (size_t)(zip - bytes) : 0;
	return zip || has_mark(marks, COUNT(marks), bytes, len);
}

static bool is_closed(const char *bytes, size_t len)
{
	static const struct mark marks[] = {
		{ 0, "7z\xbc\xaf\x27\x1c", 6 }, { 0, "Rar!\x1a\x07", 6 },
		{ 0, "MSCF\0\0\0\0", 8 },	{ 0, "xar!", 4 },
		{ 0, "# v2 git bundle\n", 16 }, { 0, "# v3 git bundle\n", 16 },
	};

	return has_mark(marks, COUNT(marks), bytes, len);
}

/* The caller has passed on the file's own bytes; a member's bytes are passed on while they are read. */
static la_ssize_t next_bytes(struct archive *archive, void *arg, const void **ret)
{
	struct level *l = arg;
	struct reading *r = l->r;
	la_ssize_t n = (la_ssize_t)l->ready;

	(void)archive;
	*ret = l->in;
	l->ready = 0;
	if (n)
		return n;
	if (l->outer) {
		n = r->told < AUDIT_ARCHIVE_LIMIT ? archive_read_data(l->outer, l->in, CHUNK) : 0;
		if (n <= 0)
			return n < 0 ? -1 : 0;
		r->told += (uint64_t)n;
		r->over |= !r->a->take(r->a->arg, l->depth - 1, l->name, l->in, (size_t)n, false);
		return r->over ? -1 : n;
	}
	uint64_t left = r->a->size_bytes - l->at;
	size_t len = left < CHUNK ? (size_t)left : CHUNK;
	r->failed = len ? r->a->read(r->a->arg, l->at, l->in, len) : NULL;
	l->at += len;
	return r->failed ? -1 : (la_ssize_t)len;
}

static struct archive *open_level(struct level *l)
{
	struct archive *archive = archive_read_new();

	if (!archive)
		mem_exhausted();
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_bzip2(archive);
	archive_read_support_filter_compress(archive);
	archive_read_support_filter_lzma(archive);
	archive_read_support_filter_lzip(archive);
	archive_read_support_filter_lz4(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_zstd(archive);
	archive_read_support_format_zip_streamable(archive);
	archive_read_support_format_tar(archive);
	archive_read_support_format_cpio(archive);
	archive_read_support_format_ar(archive);
	archive_read_support_format_raw(archive);
	archive_read_open(archive, l, NULL, next_bytes, NULL);
	return archive;
}

static void tell_archive(struct level *l);

/* Its first bytes, already passed on, may begin a nested archive. */
static void go_deeper(struct level *l, struct archive *archive, const char *name, size_t len)
{
	size_t begins;

	if (is_closed(l->out, len))
		l->r->left = "it holds an archive of a kind that is not looked into";
	if (!is_archive(l->out, len, &begins))
		return;
	if (l->depth + 1 == AUDIT_ARCHIVE_DEPTH) {
		l->r->left = "it holds archives more than " NUMBER(
			AUDIT_ARCHIVE_DEPTH) " deep, which were not looked at";
		return;
	}
	struct level *inner = mem_new(sizeof *inner);
	inner->r = l->r;
	inner->depth = l->depth + 1;
	inner->outer = archive;
	inner->name = name;
	inner->ready = len - begins;
	memcpy(inner->in, l->out + begins, inner->ready);
	tell_archive(inner);
	mem_freep(&inner);
}

static void tell_member(struct level *l, struct archive *archive, const char *name)
{
	struct reading *r = l->r;
	la_ssize_t n;
	bool first = true;

	r->told += HEADER + strlen(name);
	while (!r->over && !r->failed && r->told < AUDIT_ARCHIVE_LIMIT &&
	       (n = archive_read_data(archive, l->out, CHUNK)) > 0) {
		r->told += (uint64_t)n;
		r->over = !r->a->take(r->a->arg, l->depth, name, l->out, (size_t)n, false);
		if (first && !r->over)
			go_deeper(l, archive, name, (size_t)n);
		first = false;
	}
	if (!r->over && !r->failed)
		r->over = !r->a->take(r->a->arg, l->depth, name, "", 0, true);
}

/* A file that is only compressed keeps its name without the compression suffix. */
static char *name_of(const struct level *l, struct archive *archive, struct archive_entry *e)
{
	const char *name = archive_entry_pathname(e), *dot = strrchr(l->name, '.');

	if (archive_format(archive) == ARCHIVE_FORMAT_RAW)
		return dot && !strchr(dot, '/') ? mem_ndup(l->name, (size_t)(dot - l->name)) :
						  mem_dup(l->name);
	return mem_printf("%s%s%s", l->name, *l->name ? "/" : "", name ? name : "?");
}

static void tell_archive(struct level *l)
{
	struct reading *r = l->r;
	struct archive *archive = open_level(l);
	struct archive_entry *e;
	int state;

	while (!r->over && !r->failed && r->told < AUDIT_ARCHIVE_LIMIT &&
	       ((state = archive_read_next_header(archive, &e)) == ARCHIVE_OK || state == ARCHIVE_WARN)) {
		AUTO_FREE char *name = name_of(l, archive, e);
		if (archive_entry_is_data_encrypted(e))
			r->left = "it holds encrypted files, which were not looked at";
		tell_member(l, archive, name);
	}
	archive_read_free(archive);
}

struct err *audit_archive_look(const struct audit_archive *a, const char **ret_left)
{
	struct reading r = { .a = a };
	char begin[512];
	size_t len = a->size_bytes < sizeof begin ? (size_t)a->size_bytes : sizeof begin, begins;

	*ret_left = NULL;
	TRY(a->read(a->arg, 0, begin, len));
	if (is_closed(begin, len))
		*ret_left = "the audit cannot read this kind of archive";
	if (!is_archive(begin, len, &begins))
		return NULL;
	struct level *l = mem_new(sizeof *l);
	l->r = &r;
	l->at = begins;
	l->name = "";
	tell_archive(l);
	mem_freep(&l);
	*ret_left = r.over			  ? NULL :
		    r.told >= AUDIT_ARCHIVE_LIMIT ? "it holds more than 256 MB, which were not looked at" :
						    r.left;
	return r.failed;
}
