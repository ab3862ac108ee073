/* SPDX-License-Identifier: MIT */
#include "layer/layer_poured.h"

#include <archive.h>
#include <archive_entry.h>

#include "base/mem.h"

#define BLOCK ((size_t)1 << 20)

static struct err *failure(struct archive *a, const struct digest *blob)
{
	char hex[DIGEST_HEX];

	return err_new(ERR_SYSTEM, "unpack layer sha256:%.12s of the store: %s", digest_hex(blob, hex),
		       archive_error_string(a));
}

static struct err *copy_bytes(struct archive *in, struct archive *out, const struct digest *blob)
{
	const void *bytes;
	size_t len;
	la_int64_t at;
	int r;

	while ((r = archive_read_data_block(in, &bytes, &len, &at)) == ARCHIVE_OK)
		if (archive_write_data_block(out, bytes, len, at) < ARCHIVE_OK)
			return failure(out, blob);
	return r == ARCHIVE_EOF ? NULL : failure(in, blob);
}

static struct err *lay_one(struct archive *in, struct archive *out, struct archive_entry *e,
			   const struct digest *blob, const char *folder)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, archive_entry_pathname(e));
	const char *first = archive_entry_hardlink(e);
	AUTO_FREE char *link = first ? mem_printf("%s/%s", folder, first) : NULL;

	archive_entry_set_pathname(e, path);
	if (link)
		archive_entry_set_hardlink(e, link);
	if (archive_write_header(out, e) < ARCHIVE_OK)
		return failure(out, blob);
	if (!link && archive_entry_size(e) > 0)
		TRY(copy_bytes(in, out, blob));
	return archive_write_finish_entry(out) < ARCHIVE_OK ? failure(out, blob) : NULL;
}

static struct err *lay_all(struct archive *in, struct archive *out, const struct digest *blob,
			   const char *path, const char *folder)
{
	struct archive_entry *e;
	int r;

	archive_read_support_filter_gzip(in);
	archive_read_support_format_tar(in);
	archive_write_disk_set_options(out, ARCHIVE_EXTRACT_OWNER | ARCHIVE_EXTRACT_PERM |
						    ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_UNLINK |
						    ARCHIVE_EXTRACT_SECURE_NODOTDOT);
	if (archive_read_open_filename(in, path, BLOCK) != ARCHIVE_OK)
		return failure(in, blob);
	while ((r = archive_read_next_header(in, &e)) == ARCHIVE_OK)
		TRY(lay_one(in, out, e, blob, folder));
	if (r != ARCHIVE_EOF)
		return failure(in, blob);
	/* sets the folders' modes and times */
	return archive_write_close(out) < ARCHIVE_OK ? failure(out, blob) : NULL;
}

struct err *layer_poured_lay(const struct store *s, const struct digest *blob, const char *folder)
{
	AUTO_FREE char *path = store_blob_path(s, blob);
	struct archive *in = archive_read_new(), *out = archive_write_disk_new();
	struct err *e = in && out ? lay_all(in, out, blob, path, folder) :
				    err_new(ERR_SYSTEM, "libarchive has no memory");

	archive_read_free(in);
	archive_write_free(out);
	return e;
}
