/* SPDX-License-Identifier: MIT */
/* Limits on the size of one app's source, wherever it comes from. */
#pragma once
#include <stdint.h>

#define SOURCE_BYTES_MAX (4ull << 30)
#define SOURCE_FILES_MAX 1000000
#define SOURCE_NAMES_MAX (256ull << 20) /* bytes of all names together */
#define SOURCE_PATH_MAX 2048		/* bytes of a path in it; Linux' 4096 include the folders above */

struct source_limit {
	/* of files' content; files, folders and links; of all names together, in bytes */
	uint64_t bytes, files, names;
};
#define SOURCE_LIMIT (&(const struct source_limit){ SOURCE_BYTES_MAX, SOURCE_FILES_MAX, SOURCE_NAMES_MAX })
