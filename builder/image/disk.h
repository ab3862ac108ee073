/* A disk that boots with BIOS and UEFI firmware, written straight from a tree:
 *
 *   boot      1 MiB    GRUB's second stage, for BIOS (no file system)
 *   esp       128 MiB  FAT32: GRUB for UEFI, its configuration, kernel and initrd
 *   root-a             EROFS, the read-only root
 *   root-b             as large, empty: where an update goes
 *   data               the rest: made into a file system at the first boot
 *
 * Every identity follows from the seed. Partition types: UEFI specification and the
 * Discoverable Partitions Specification of uapi-group.org. */
#pragma once
#include "image/fat.h"
#include "image/gpt.h"
#include "image/image.h"

#define DISK_LABEL "MKBENCH"     /* of the EFI partition */

struct disk_image {
	const struct tree *root;                 /* merged */
	const struct content_reader *contents;   /* of every kind of content (image/content.h) */
	const struct fat_file *esp;
	unsigned esp_count;
	const void *boot;                        /* GRUB's boot.img, 512 bytes */
	const void *core;                        /* GRUB's core.img for i386-pc */
	size_t core_bytes;
	uint8_t seed[32];
	int64_t epoch;
	uint64_t size_bytes;                     /* a multiple of 1 MiB */
};

/* "1a2b3c4d-…", as the kernel and firmware write the identity of a partition: "root-a", "data". */
char *disk_partition_id(const uint8_t seed[static 32], const char *name); /* the caller's to free */
/* Writes to fd, a new regular file. ERR_RECIPE when the disk is too small for its system. */
struct err *disk_write(const struct disk_image *d, int fd) MUST_CHECK;
