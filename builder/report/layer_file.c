/* SPDX-License-Identifier: MIT */
#include "report/layer_file.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "report/image_stream.h"

static ssize_t next_bytes(struct archive *a, void *stream, const void **ret)
{
	size_t len = 0;
	struct err *e = image_stream_read(stream, ret, &len);

	if (!e)
		return (ssize_t)len;
	err_free(e);
	archive_set_error(a, EIO, "it cannot be read");
	return ARCHIVE_FATAL;
}

static bool is_path(const char *name, const char *path)
{
	while (name && (*name == '/' || text_starts(name, "./")))
		name += *name == '/' ? 1 : 2;
	return name && !strcmp(name, path);
}

static struct err *take(struct archive *a, size_t limit, char **ret, size_t *ret_len)
{
	struct text out = { 0 };
	const void *bytes;
	int64_t offset;
	size_t len;
	int state;

	text_put(&out, "");
	while (out.len < limit && (state = archive_read_data_block(a, &bytes, &len, &offset)) == ARCHIVE_OK)
		text_add(&out, bytes, len < limit - out.len ? len : limit - out.len);
	*ret_len = out.len;
	*ret = text_take(&out);
	return NULL;
}

struct err *layer_file_read(const struct image_source *s, size_t layer, const char *path, size_t limit,
			    char **ret, size_t *ret_len)
{
	struct image_stream *stream;
	struct archive_entry *entry;
	struct err *e = NULL;
	bool found = false;

	TRY(image_stream_open(s, s->layers[layer].member, &stream));
	struct archive *a = archive_read_new();
	archive_read_support_format_tar(a);
	archive_read_support_format_empty(a);
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_zstd(a);
	int state = archive_read_open(a, stream, NULL, next_bytes, NULL);
	while (!found && state >= ARCHIVE_WARN &&
	       (state = archive_read_next_header(a, &entry)) >= ARCHIVE_WARN && state != ARCHIVE_EOF)
		found = archive_entry_filetype(entry) == AE_IFREG &&
			is_path(archive_entry_pathname(entry), path);
	if (found)
		e = take(a, limit, ret, ret_len);
	archive_read_free(a);
	image_stream_close(stream);
	return found ? e : err_new(ERR_BUILD, "layer %zu of %s has no file /%s", layer + 1, s->path, path);
}
