/* SPDX-License-Identifier: MIT */
/* Partitions by their identity, read from the disks' own tables (UEFI specification, chapter 5), because what
 * finds a root cannot ask a program that lies on it. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct partition {
	char disk[264], device[264]; /* "/dev/vda", "/dev/vda5" */
	unsigned number;
	uint64_t start, sectors; /* of 512 bytes */
};

/* id: 36 characters as in PARTUUID=. An error whose code is ENOENT when no disk has it (yet), another one
 * when two have it: which of them is the copy, only a person knows. */
struct err *partition_find(const char *id, struct partition *ret) MUST_CHECK;
/* The one disk that is what is looked for, of all in /sys/block. An error whose code is ENOENT, with the
 * words of none, when no disk is; another one when two are, with those of several behind their names. */
typedef bool partition_is(const char *disk, const char *id, struct partition *ret);
struct err *partition_only(partition_is *is, const char *id, const char *none, const char *several,
			   struct partition *ret) MUST_CHECK;
/* The same in the table of one disk, open, of so many sectors: number, start and sectors are filled in. */
bool partition_look(int fd, uint64_t sectors, const char *id, struct partition *ret);
/* The last partition of a disk that has become larger takes the new room, in both tables and in
 * the kernel. The table at the disk's end is written first and the one at its beginning is made
 * anew from it after a power cut. */
struct err *partition_grow(struct partition *p) MUST_CHECK;
