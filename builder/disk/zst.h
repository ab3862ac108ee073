/* SPDX-License-Identifier: MIT */
/* A raw disk as a zstd file (RFC 8878): a frame for every ZST_FRAME bytes of the disk, each with its
 * size and checksum. Frames are independent, so that threads share the work, any number of them
 * makes the same bytes, and all frames of zeros are one that was compressed once. */
#pragma once
#include "base/err.h"

#define ZST_FRAME (4u << 20)

/* Reads raw from its beginning, holes by asking the file system; writes to fd, a new
 * file. About 10 MiB a thread. */
struct err *zst_write(int raw, int fd) MUST_CHECK;
/* The other way: zeros become holes of fd, a new regular file. Takes any zstd file; ERR_USAGE
 * when it is none or is damaged. */
struct err *zst_read(int zst, int fd) MUST_CHECK;
