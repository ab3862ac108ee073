/* SPDX-License-Identifier: MIT */
/* A FAT32 file system (Microsoft's "FAT: General Overview of On-Disk Format", 1.03) for the
 * EFI system partition: made once from files in memory, with long names, no free-space hints left to
 * chance and every time the epoch: the same files give the same bytes. */
#pragma once
#include <stdint.h>

#include "base/err.h"

struct fat_file {
	const char *path; /* "EFI/BOOT/BOOTX64.EFI": folders are made as needed */
	const void *bytes;
	uint64_t size_bytes; /* below 4 GiB */
};

/* Writes at an offset of fd a file system of size_bytes (a multiple of 1 MiB, at least 96 MiB) labelled
 * label (at most 11 capital letters). ERR_BUILD when the files do not fit. */
struct err *fat_write(int fd, uint64_t at, uint64_t size_bytes, uint32_t serial, const char *label,
		      int64_t epoch, const struct fat_file *files, unsigned count) MUST_CHECK;
