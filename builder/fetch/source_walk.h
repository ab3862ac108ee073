/* SPDX-License-Identifier: MIT */
/* A folder becomes a tree of files, folders and links, its content staying where it is. */
#pragma once
#include "base/err.h"
#include "tree/tree.h"

struct source_walk {
	struct tree *tree; /* what is found is added to it, unsorted */
	const char *root;
	bool programs;	       /* nothing is left out */
	uint64_t bytes, names; /* so far, of content and of paths */
	/* paths of files that are pointers of Git LFS */
	struct {
		char **items;
		size_t count, room;
	} pointers;
};

/* ERR_BUILD for a link that leaves the folder, for what is no file, folder or link,
 * and for too much of anything. */
struct err *source_walk(struct source_walk *w) MUST_CHECK;
/* Forgets the pointers; the tree stays. */
void source_walk_done(struct source_walk *w);
