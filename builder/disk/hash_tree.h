/* SPDX-License-Identifier: MIT */
/* Writes dm-verity's hash tree: a digest for each block of data, a digest for each block of digests, and so
 * on up to one, the root hash. It thereby fixes every block. Format: the kernel's
 * Documentation/admin-guide/device-mapper/verity.rst and cryptsetup's "DMVerity" wiki page: superblock 1,
 * hash type 1, SHA-256, blocks of 4 KiB, as `veritysetup format` writes it. */
#pragma once
#include <stdint.h>

#include "base/digest.h"
#include "base/err.h"

struct hash_tree {
	uint8_t uuid[16]; /* of the tree */
	uint8_t salt[32]; /* hashed before each block */
};

/* The size of superblock and tree for that much data; both multiples of 4096. */
uint64_t hash_tree_size(uint64_t data_bytes);
/* Hashes data_bytes of fd from data_at on (data_bytes above 0; all three multiples of 4096), with one thread
 * for each processor, and writes superblock and tree at tree_at. */
struct err *hash_tree_write(const struct hash_tree *v, int fd, uint64_t data_at, uint64_t data_bytes,
			    uint64_t tree_at, struct digest *ret_root) MUST_CHECK;
