/* SPDX-License-Identifier: MIT */
#include "fetch/decompress.h"

#include <archive.h>
#include <archive_entry.h>

#include "base/file.h"
#include "base/mem.h"

#define CHUNK (256 * 1024)

static struct err *decode_err(struct archive *in)
{
	const char *why = archive_error_string(in);

	return err_new(ERR_FETCH, "decompress: %s", why ? why : "it is damaged");
}

static struct err *pour(struct archive *in, struct store_writer *w, uint64_t limit)
{
	struct archive_entry *entry;
	AUTO_FREE char *chunk = mem_new(CHUNK);
	uint64_t total = 0;
	la_ssize_t n;
	int r = archive_read_next_header(in, &entry);

	if (r == ARCHIVE_EOF) /* it was not compressed */
		return NULL;
	if (r != ARCHIVE_OK)
		return decode_err(in);
	while ((n = archive_read_data(in, chunk, CHUNK)) > 0) {
		total += (uint64_t)n;
		if (total > limit)
			return err_new(ERR_FETCH, "it expands to more than %llu bytes",
				       (unsigned long long)limit);
		TRY(store_feed(w, chunk, (size_t)n));
	}
	return n < 0 ? decode_err(in) : NULL;
}

static struct err *open_and_pour(struct store *s, int fd, uint64_t limit, struct store_writer **ret)
{
	struct archive *in = archive_read_new();

	if (!in)
		mem_exhausted();
	archive_read_support_filter_xz(in);
	archive_read_support_filter_zstd(in);
	archive_read_support_filter_gzip(in);
	archive_read_support_format_raw(in);
	archive_read_support_format_empty(in);
	struct err *e = archive_read_open_fd(in, fd, CHUNK) == ARCHIVE_OK ? NULL : decode_err(in);
	if (!e)
		e = store_begin(s, ret);
	if (!e)
		e = pour(in, *ret, limit);
	archive_read_free(in);
	return e;
}

struct err *decompress_blob(struct store *s, const struct digest *packed, const struct digest *expected,
			    uint64_t limit, struct digest *ret)
{
	struct store_writer *w = NULL;
	AUTO_CLOSE int fd = -1;
	uint64_t size;

	TRY(store_open_blob(s, packed, &fd, &size));
	struct err *e = open_and_pour(s, fd, limit, &w);
	if (e) {
		store_abort(w);
		return e;
	}
	return store_commit(w, expected, ret, NULL);
}
