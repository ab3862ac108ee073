/* SPDX-License-Identifier: MIT */
/* Compressed single files (xz, zstd, gzip) made plain, from the store into the store. */
#pragma once
#include "store/store.h"

/* ERR_FETCH when packed cannot be decoded, gives more than limit bytes, or not what expected
 * (or NULL) promises; nothing is stored then. */
struct err *decompress_blob(struct store *s, const struct digest *packed, const struct digest *expected,
			    uint64_t limit, struct digest *ret) MUST_CHECK;
