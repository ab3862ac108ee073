/* SPDX-License-Identifier: MIT */
/* Finds the parts of a disk file that need not be written. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether there is at least one byte and all are zero. */
bool sparse_is_zero(const void *bytes, size_t len);
/* Whether the file system reports a hole of len bytes at that offset; false if it does not know. */
bool sparse_in_hole(int fd, uint64_t at, uint64_t len);
