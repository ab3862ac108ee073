/* SPDX-License-Identifier: MIT */
/* What of a disk's file need not be written. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether at least one byte is given and all are zero. */
bool sparse_is_zero(const void *bytes, size_t len);
/* Whether the file system says that nothing is stored from at on, for len bytes;
 * false when it does not know. */
bool sparse_in_hole(int fd, uint64_t at, uint64_t len);
