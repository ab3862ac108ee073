/* SPDX-License-Identifier: MIT */
#include "layer/audit_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "base/mem.h"

#define CHUNK (256u << 10)

struct reading {
	const struct audit_archive *a;
	uint64_t at, told;
	struct err *failed;
	char in[CHUNK], out[CHUNK];
};

bool audit_archive_is_one(const char *bytes, size_t len)
{
	static const struct {
		const char *bytes;
		size_t len;
	} begins[] = { { "\x1f\x8b", 2 },
		       { "BZh", 3 },
		       { "\xfd"
			 "7zXZ",
			 5 },
		       { "\x28\xb5\x2f\xfd", 4 },
		       { "PK\3\4", 4 } };

	for (size_t i = 0; i < COUNT(begins); i++)
		if (len >= begins[i].len && !memcmp(bytes, begins[i].bytes, begins[i].len))
			return true;
	return false;
}

static la_ssize_t next_bytes(struct archive *archive, void *arg, const void **ret)
{
	struct reading *r = arg;
	uint64_t left = r->a->size_bytes - r->at;
	size_t len = left < CHUNK ? (size_t)left : CHUNK;

	(void)archive;
	r->failed = len ? r->a->read(r->a->arg, r->at, r->in, len) : NULL;
	r->at += len;
	*ret = r->in;
	return r->failed ? -1 : (la_ssize_t)len;
}

/* False: it is over. */
static bool tell_member(struct reading *r, struct archive *archive, const char *name)
{
	la_ssize_t n;

	while (r->told < AUDIT_ARCHIVE_LIMIT && (n = archive_read_data(archive, r->out, CHUNK)) > 0) {
		r->told += (uint64_t)n;
		if (!r->a->take(r->a->arg, name, r->out, (size_t)n, false))
			return false;
	}
	return r->a->take(r->a->arg, name, "", 0, true);
}

struct err *audit_archive_look(const struct audit_archive *a, bool *ret_whole)
{
	struct reading *r = mem_new(sizeof *r);
	struct archive *archive = archive_read_new();
	struct archive_entry *e;
	bool goes_on = true;
	int state;

	if (!archive)
		mem_exhausted();
	r->a = a;
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_bzip2(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_zstd(archive);
	archive_read_support_format_zip_streamable(archive);
	archive_read_support_format_tar(archive);
	archive_read_support_format_raw(archive);
	archive_read_open(archive, r, NULL, next_bytes, NULL);
	while (goes_on && r->told < AUDIT_ARCHIVE_LIMIT &&
	       ((state = archive_read_next_header(archive, &e)) == ARCHIVE_OK || state == ARCHIVE_WARN)) {
		const char *name =
			archive_format(archive) == ARCHIVE_FORMAT_RAW ? "" : archive_entry_pathname(e);
		goes_on = tell_member(r, archive, name ? name : "?");
	}
	archive_read_free(archive);
	*ret_whole = r->told < AUDIT_ARCHIVE_LIMIT;
	struct err *failed = r->failed;
	mem_freep(&r);
	return failed;
}
