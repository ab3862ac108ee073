/* SPDX-License-Identifier: MIT */
/* A disk that boots with BIOS and UEFI firmware, written straight from a tree:
 *
 *   boot           1 MiB    GRUB's second stage, for BIOS (no file system)
 *   esp            128 MiB  FAT32: GRUB for UEFI, its configuration, kernel and initrd
 *   root-a                  EROFS, the read-only root
 *   root-a-verity           what each block of it must be (disk/hash_tree.h)
 *   root-b, root-b-verity   as large, empty: where an update goes
 *   data                    the rest: made into a file system at the first boot
 *
 * Partition types: UEFI specification and the Discoverable Partitions Specification of uapi-group.org, by
 * which the root hash names its two partitions: the identity of root-a is its first 128 bits, that of
 * root-a-verity its last. Every other identity follows from the seed. */
#pragma once
#include "base/digest.h"
#include "disk/fat.h"
#include "disk/gpt.h"
#include "image/image.h"

#define DISK_LABEL "MKBENCH" /* of the EFI partition */

struct disk_image {
	const struct tree *root; /* merged */
	/* one for each thread; each reads every kind of content (image/content.h) */
	const struct content_reader *readers;
	unsigned reader_count; /* 1 to THREAD_POOL_MOST (base/thread_pool.h) */
	const void *boot;      /* GRUB's boot.img, 512 bytes */
	const void *core;      /* GRUB's core.img for i386-pc */
	size_t core_bytes;
	uint8_t seed[32];
	int64_t epoch;
	uint64_t size_bytes; /* a multiple of 1 MiB */
};

/* "1a2b3c4d-…", a partition's id as the kernel and firmware write it, derived from the seed: "data". */
char *disk_partition_id(const uint8_t seed[static 32], const char *name); /* the caller's to free */
/* Writes everything but the EFI partition to fd, a new regular file. ERR_RECIPE if the disk is too small for
 * its system. */
struct err *disk_write(const struct disk_image *d, int fd, struct digest *ret_root_hash) MUST_CHECK;
/* Writes the EFI partition afterwards: its boot menu contains the root hash. */
struct err *disk_write_esp(const struct disk_image *d, int fd, const struct fat_file *files,
			   unsigned count) MUST_CHECK;
