/* SPDX-License-Identifier: MIT */
/* The integrity of a disk's root: the kernel's dm-verity, set up by its own interface (linux/dm-ioctl.h),
 * because no program is there yet that would. A block whose digest is not that of the tree, which hangs on
 * the root hash, cannot be read: whoever asks for it gets an error, never other bytes. */
#pragma once
#include "base/err.h"
#include "disk/partition.h"

#define VERITY_DEVICE 32

/* Ties data and tree to the root hash, 64 hex digits, as the device "root". Nothing of it is read yet: a hash
 * that does not fit shows at the first block. device: "/dev/dm-0". */
struct err *verity_open(const char *root_hash, const struct partition *data, const struct partition *tree,
			char device[static VERITY_DEVICE]) MUST_CHECK;
/* An error, for a person, when a block that somebody has read since then was not what was built. */
struct err *verity_check(void) MUST_CHECK;
