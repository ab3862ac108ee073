/* SPDX-License-Identifier: MIT */
/* Writes EROFS, the read-only root of a disk: uncompressed, 4 KiB blocks, tails inline. Format: the kernel's
 * Documentation/filesystems/erofs.rst and erofs_fs.h. All positions are computed first, then each byte is
 * written once at its place; the same tree gives the same bytes. */
#pragma once
#include <stdint.h>

#include "base/err.h"
#include "image/image.h"
#include "tree/tree.h"

struct erofs;

/* t is merged and sorted and must outlive the plan. Times after epoch become epoch. ERR_BUILD for what the
 * format cannot hold (a name over 255 bytes, an entry without its folder). */
struct err *erofs_plan(const struct tree *t, const uint8_t uuid[static 16], int64_t epoch,
		       struct erofs **ret) MUST_CHECK;
uint64_t erofs_size(const struct erofs *fs); /* bytes, a multiple of 4096 */
/* Writes at an offset of fd (a multiple of 4096) and leaves holes for zero blocks if fd is new. Uses one
 * thread for each reader, at most THREAD_POOL_MOST (base/thread_pool.h). */
struct err *erofs_write(const struct erofs *fs, const struct content_reader *readers, unsigned count, int fd,
			uint64_t at) MUST_CHECK;
void erofs_free(struct erofs *fs);
