/* SPDX-License-Identifier: MIT */
/* Writes a GUID partition table (UEFI specification 2.10, chapter 5) for 512-byte sectors: protective MBR,
 * both headers, both arrays of 128 entries. */
#pragma once
#include <stdint.h>

#include "base/err.h"

struct guid {
	uint8_t bytes[16]; /* in the order they are stored: the first three fields little-endian */
};

/* Converts "c12a7328-f81f-11d2-ba4b-00a0c93ec93b" to its stored form, with or without "-"; anything after the
 * 32 digits is ignored. Only for our own texts, which are well-formed. */
struct guid gpt_guid(const char *text);
/* Derives a GUID from a seed and a role, with the version and variant bits of a random GUID. */
struct guid gpt_derive(const uint8_t seed[static 32], const char *role);

struct gpt_partition {
	const char *name; /* ASCII, at most 35 bytes */
	struct guid type, id;
	uint64_t start_bytes, size_bytes; /* multiples of 1 MiB */
	uint64_t attributes;
};

#define GPT_ALIGN (1ull << 20)

/* Writes the table of a disk of size_bytes (a multiple of 1 MiB). boot_code, if given, becomes the first 440
 * bytes of the protective MBR. */
struct err *gpt_write(int fd, uint64_t size_bytes, struct guid disk, const struct gpt_partition *parts,
		      unsigned count, const uint8_t *boot_code) MUST_CHECK;
