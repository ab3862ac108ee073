/* SPDX-License-Identifier: MIT */
/* Reads a folder as a tree of files, folders and links; contents stay on disk. */
#pragma once
#include "base/err.h"
#include "tree/tree.h"

struct source_walk {
	struct tree *tree; /* entries are added to it, unsorted */
	const char *root;
	bool programs;	       /* leave nothing out */
	uint64_t bytes, names; /* totals so far, of content and of paths */
	/* paths of files that are Git LFS pointers */
	struct {
		char **items;
		size_t count, room;
	} pointers;
};

/* ERR_BUILD for a link that leaves the folder, for anything but a file, folder or link, and beyond a
 * limit. */
struct err *source_walk(struct source_walk *w) MUST_CHECK;
/* Frees the list of pointers; the tree stays. */
void source_walk_done(struct source_walk *w);
