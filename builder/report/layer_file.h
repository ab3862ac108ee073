/* SPDX-License-Identifier: MIT */
/* Reads one file of a layer. */
#pragma once
#include "report/image_source.h"

/* For a regular file; path has no leading slash. Returns at most limit bytes from its beginning,
 * NUL-terminated behind *ret_len, the caller's to free. ERR_BUILD if the layer has no such file, or is
 * damaged. */
struct err *layer_file_read(const struct image_source *s, size_t layer, const char *path, size_t limit,
			    char **ret, size_t *ret_len) MUST_CHECK;
