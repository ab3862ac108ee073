/* SPDX-License-Identifier: MIT */
/* Finds partitions by id in the disks' own GPT tables (UEFI specification, chapter 5): when the root is
 * still unknown, no program on it can be asked. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct partition {
	char disk[264], device[264]; /* "/dev/vda", "/dev/vda5" */
	unsigned number;
	uint64_t start, sectors; /* of 512 bytes */
};

/* id: 36 characters as in PARTUUID=. An error with the code ENOENT when no disk has it (yet); another error
 * when two have it, because only a person knows which is the copy. */
struct err *partition_find(const char *id, struct partition *ret) MUST_CHECK;
/* Finds the one matching disk among all in /sys/block. An error with the code ENOENT and the words `none`
 * when no disk matches; another error with the disks' names and the words `several` when two do. */
typedef bool partition_is(const char *disk, const char *id, struct partition *ret);
struct err *partition_only(partition_is *is, const char *id, const char *none, const char *several,
			   struct partition *ret) MUST_CHECK;
/* Finds it in the table of one open disk, whose size is given in sectors. Fills in number, start and
 * sectors. */
bool partition_look(int fd, uint64_t sectors, const char *id, struct partition *ret);
/* Grows the last partition of a disk that has become larger, in both tables and in the kernel. Writes the
 * backup table at the disk's end first: after a power cut the first table is made from it. */
struct err *partition_grow(struct partition *p) MUST_CHECK;
