/* SPDX-License-Identifier: MIT */
/* The integrity of a disk's root: sets up the kernel's dm-verity by its ioctls (linux/dm-ioctl.h), because
 * there is no program yet to do it. A block whose digest does not match the hash tree, and by it the root
 * hash, cannot be read: the reader gets an error, never wrong bytes. */
#pragma once
#include "base/err.h"
#include "disk/partition.h"

#define VERITY_DEVICE 32

/* Makes the device "root" from the data partition, the hash tree and the root hash of 64 hex digits. Reads
 * nothing yet: a wrong hash shows at the first block. device: "/dev/dm-0". */
struct err *verity_open(const char *root_hash, const struct partition *data, const struct partition *tree,
			char device[static VERITY_DEVICE]) MUST_CHECK;
/* An error, for a person, when some block read since then did not match. */
struct err *verity_check(void) MUST_CHECK;
