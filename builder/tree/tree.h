/* SPDX-License-Identifier: MIT */
/* A root file system as a value: names, modes, owners, times and links; content
 * stays where it is and is named by a source. Pure: no file is opened here. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"

enum entry_kind {
	ENTRY_FILE,
	ENTRY_FOLDER,
	ENTRY_SYMLINK,
	ENTRY_HARDLINK,
	ENTRY_CHAR,
	ENTRY_BLOCK,
	ENTRY_FIFO,
	ENTRY_WHITEOUT, /* hides the name below */
	ENTRY_OPAQUE,	/* a folder that hides everything the layers below put in it */
};

/* Where a file's bytes come from. */
struct content {
	enum { CONTENT_NONE, CONTENT_MEMORY, CONTENT_DISK, CONTENT_PACK } kind;
	const char *path;  /* CONTENT_DISK: an absolute path; must not change meanwhile */
	const void *bytes; /* CONTENT_MEMORY */
	/* CONTENT_PACK: struct cached_package of layer/deb/cached_package.h, opaque here */
	const void *pack;
	uint64_t offset; /* CONTENT_PACK: in the pack's unpacked data */
};

struct entry {
	const char *path; /* no leading slash: "usr/bin/env"; "" is the root */
	uint8_t kind;	  /* enum entry_kind */
	uint32_t mode;	  /* permission bits with setuid, setgid and sticky: 07777 */
	uint32_t uid, gid;
	int64_t mtime;	       /* seconds since 1970 */
	uint64_t size_bytes;   /* ENTRY_FILE */
	const char *link;      /* target of a symlink; path of the first name of a hard link */
	uint32_t major, minor; /* devices */
	struct digest sha256;  /* ENTRY_FILE: digest of its bytes; zero: not known yet */
	struct content content;
};

struct tree {
	struct arena arena; /* owns the strings */
	struct entry *items;
	size_t count, room;
};

/* Appends; strings and CONTENT_MEMORY bytes are copied into the tree's arena. Order is the caller's. */
struct entry *tree_add(struct tree *t, const struct entry *e);
/* Sorts by path (bytes, "/" first so that a folder precedes what is in it) and drops
 * all but the last entry of a path; of a file with several names the first one in
 * this order carries it and the others are ENTRY_HARDLINK to that. */
void tree_sort(struct tree *t);
/* The order of tree_sort, as strcmp answers. */
int tree_compare(const char *a, const char *b);
/* Whether path is folder or lies below it. */
bool tree_within(const char *path, const char *folder);
/* Look-up by exact path in a sorted tree. */
const struct entry *tree_find(const struct tree *t, const char *path);
/* Adds the folders above its entries that a tree lacks, as like has them (sorted, or NULL), else
 * root's with mode 0755 and that time; then sorts. */
void tree_add_parents(struct tree *t, const struct tree *like, int64_t mtime);
/* One tree from layers, lowest first: later names win, whiteouts and opaque folders
 * applied; a hard link whose file was hidden becomes the file. All sorted. */
void tree_merge(const struct tree *const *layers, size_t count, struct tree *ret);
/* The same, and for each entry of ret the number of the layer that it is from; the caller's to free. */
void tree_merge_traced(const struct tree *const *layers, size_t count, struct tree *ret, size_t **ret_layers);
/* Layers that came of steps, lowest first, over below (sorted): each without what later ones hide or
 * replace and without what matches a glob of prune (absolute paths, "*" matches "/" too, folders whole;
 * NULL: none). What was hidden of below is hidden by the lowest. ret has count empty trees, which
 * become sorted; merged over below they give what the layers give, pruned. So an image carries nothing
 * that only the building needed. */
void tree_settle(const struct tree *const *layers, size_t count, const struct tree *below,
		 const char *const *prune, int64_t mtime, struct tree *ret);
/* The time of what has none of its own: never the build's nor the archives', so
 * that it stays when they move. */
#define TREE_TIME 315532800 /* 1980-01-01 */
/* Gives each file a time, of 1980 to 2019, made from its bytes, and all else TREE_TIME. Who tells by the time
 * whether a file is the one that he knows (a browser's cache, a bench's build version) is told the truth,
 * whenever and wherever it was built. */
void tree_date(struct tree *t);
/* ERR_BUILD when an entry, or what a hard link means, has a name that leads elsewhere: with
 * "..", "." or nothing between two slashes, with a slash at an end, or a NUL's room. Whoever
 * writes a tree for others asks first. */
struct err *tree_check(const struct tree *t) MUST_CHECK;
/* ERR_BUILD when a file or link of top (sorted) lies where below (sorted) has a folder, or a
 * folder of top where below has none. */
struct err *tree_check_over(const struct tree *top, const struct tree *below) MUST_CHECK;
/* The tree digest: SHA-256 over one line an entry of a sorted tree (kind, mode, owner, size, link,
 * content digest, path), times left out; equal for a container and a disk of one recipe. */
struct digest tree_digest(const struct tree *t);
void tree_done(struct tree *t);
