/* SPDX-License-Identifier: MIT */
/* Decompresses single files (xz, zstd, gzip) from the store into the store. */
#pragma once
#include "store/store.h"

/* ERR_FETCH if packed cannot be decoded, yields more than limit bytes, or does not match expected (or NULL);
 * then nothing is stored. */
struct err *decompress_blob(struct store *s, const struct digest *packed, const struct digest *expected,
			    uint64_t limit, struct digest *ret) MUST_CHECK;
