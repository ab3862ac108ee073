/* SPDX-License-Identifier: MIT */
/* Compresses a raw disk with zstd (RFC 8878): one frame for every ZST_FRAME bytes of the disk, with its size
 * and checksum. Frames are independent, so threads share the work and any number of them makes the same
 * bytes. A frame of zeros is compressed once and reused. */
#pragma once
#include "base/err.h"

#define ZST_FRAME (4u << 20)

/* Reads raw from its beginning, skipping the holes that the file system reports; writes to fd, a new file.
 * Uses about 10 MiB a thread. */
struct err *zst_write(int raw, int fd) MUST_CHECK;
/* Decompresses any zstd file; zeros become holes of fd, a new regular file. ERR_USAGE if it is not a zstd
 * file or is damaged. */
struct err *zst_read(int zst, int fd) MUST_CHECK;
