/* SPDX-License-Identifier: MIT */
/* The bytes of one file of a layer. */
#pragma once
#include "report/image_source.h"

/* Of a regular file whose path has no leading slash, at most limit bytes from its beginning: NUL-terminated
 * behind *ret_len, the caller's. ERR_BUILD when the layer has no such file, or is damaged. */
struct err *layer_file_read(const struct image_source *s, size_t layer, const char *path, size_t limit,
			    char **ret, size_t *ret_len) MUST_CHECK;
