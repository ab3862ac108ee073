/* SPDX-License-Identifier: MIT */
/* A root file system as a value: names, modes, owners, times and links. Each file's content stays where it is
 * and is named by a source. Pure: no file is opened here. */
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
	ENTRY_OPAQUE,	/* a folder that hides all its content in the layers below */
};

/* Where a file's bytes come from. */
struct content {
	enum { CONTENT_NONE, CONTENT_MEMORY, CONTENT_DISK, CONTENT_PACK } kind;
	const char *path;  /* CONTENT_DISK: an absolute path; must not change while in use */
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

/* Appends an entry; strings and CONTENT_MEMORY bytes are copied into the tree's arena. The caller decides the
 * order. */
struct entry *tree_add(struct tree *t, const struct entry *e);
/* Sorts by path (bytes, "/" first, so that a folder precedes its content) and keeps only the last entry of a
 * path. If a file has several names, the first one in this order carries it and the others become
 * ENTRY_HARDLINK to it. */
void tree_sort(struct tree *t);
/* Compares in the order of tree_sort; result as of strcmp. */
int tree_compare(const char *a, const char *b);
/* Whether path equals folder or lies below it. */
bool tree_within(const char *path, const char *folder);
/* Finds an entry by exact path in a sorted tree. */
const struct entry *tree_find(const struct tree *t, const char *path);
/* Adds missing folders above the tree's entries, with their attributes in like (sorted, or NULL), else root's
 * with mode 0755 and that time; then sorts. */
void tree_add_parents(struct tree *t, const struct tree *like, int64_t mtime);
/* Merges layers into one tree, lowest first: later names win, whiteouts and opaque folders are applied; a
 * hard link whose file was hidden becomes the file. All are sorted. */
void tree_merge(const struct tree *const *layers, size_t count, struct tree *ret);
/* The same, with the layer index of each entry of ret; the caller's to free. */
void tree_merge_traced(const struct tree *const *layers, size_t count, struct tree *ret, size_t **ret_layers);
/* Reduces the layers that steps made, lowest first, over below (sorted): each loses what later ones hide or
 * replace and what matches a glob of prune (absolute paths, "*" matches "/" too, folders with their content;
 * NULL: none). Whiteouts for below go to the lowest layer. ret has count empty trees, which become sorted;
 * merged over below they give the same as the layers, pruned. So an image carries nothing that only the build
 * needed. */
void tree_settle(const struct tree *const *layers, size_t count, const struct tree *below,
		 const char *const *prune, int64_t mtime, struct tree *ret);
/* The time of entries that have none of their own: never the build's or the archives', so that it does not
 * change with them. */
#define TREE_TIME 315532800 /* 1980-01-01 */
/* Gives each file a time between 1980 and 2019 derived from its bytes, and all else TREE_TIME. Programs that
 * detect changes by time (a browser's cache, a bench's build version) then work, whenever and wherever it was
 * built. */
void tree_date(struct tree *t);
/* ERR_BUILD if an entry's path, or a hard link's target, is not a plain path: it has "..", "." or an empty
 * part, or ends with a slash. Call before writing an untrusted tree. */
struct err *tree_check(const struct tree *t) MUST_CHECK;
/* ERR_BUILD if a file or link of top (sorted) lies where below (sorted) has a folder, or a folder of top
 * where below has something else. */
struct err *tree_check_over(const struct tree *top, const struct tree *below) MUST_CHECK;
/* The tree digest: SHA-256 over one line for each entry of a sorted tree (kind, mode, owner, size, link,
 * content digest, path), without times; equal for a container and a disk of one recipe. */
struct digest tree_digest(const struct tree *t);
void tree_done(struct tree *t);
