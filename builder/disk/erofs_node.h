/* SPDX-License-Identifier: MIT */
/* What the planner and the writer of EROFS share. */
#pragma once
#include <stdint.h>

#include "tree/tree.h"

#define EROFS_BLOCK 4096u
#define EROFS_INODE 64u /* always the extended form: it has a time and 32-bit owners */
#define EROFS_SLOT 32u	/* inode numbers count these */
#define EROFS_SUPER 1024u
#define EROFS_FIRST_INODE (EROFS_SUPER + 128u)
#define EROFS_DIRENT 12u

struct erofs_child {
	const char *name;
	const struct erofs_node *node;
};

struct erofs_node {
	const struct entry *entry;
	const struct erofs_node *parent; /* NULL: the root */
	uint64_t at;			 /* byte of the inode */
	uint64_t block;			 /* first block of the content that is not in the tail */
	uint64_t size;			 /* of the content; also of a folder or a link */
	uint32_t tail;			 /* bytes stored behind the inode; 0: none */
	uint32_t links;
	struct {
		struct erofs_child *items;
		size_t count, room;
	} children; /* in byte order of names */
};

struct erofs {
	const struct tree *tree;
	struct erofs_node *nodes; /* nodes[0] is the root */
	size_t count;
	struct erofs_node **of; /* the node for each entry of the tree */
	uint64_t meta_bytes, blocks;
	int64_t epoch;
	uint8_t uuid[16];
};

/* Size of a folder's content: blocks of sorted entries; the last block is cut after its names. */
uint64_t erofs_folder_size(const struct erofs_node *n);
/* Fills out, which must have room for the size rounded up to a block. */
void erofs_folder_fill(const struct erofs_node *n, uint8_t *out);
