/* SPDX-License-Identifier: MIT */
/* Writes a FAT32 file system (Microsoft's "FAT: General Overview of On-Disk Format", 1.03) for the EFI system
 * partition, once, from files in memory. It has long names, exact free-space hints and all times at the
 * epoch, so the same files give the same bytes. */
#pragma once
#include <stdint.h>

#include "base/err.h"

struct fat_file {
	const char *path; /* "EFI/BOOT/BOOTX64.EFI": folders are made as needed */
	const void *bytes;
	uint64_t size_bytes; /* below 4 GiB */
};

/* Writes a file system of size_bytes (a multiple of 1 MiB, at least 96 MiB) at an offset of fd; label has at
 * most 11 capital letters. ERR_BUILD if the files do not fit. */
struct err *fat_write(int fd, uint64_t at, uint64_t size_bytes, uint32_t serial, const char *label,
		      int64_t epoch, const struct fat_file *files, unsigned count) MUST_CHECK;
