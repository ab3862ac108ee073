/* SPDX-License-Identifier: MIT */
/* Declarations shared by the files that implement layer.h. */
#pragma once
#include "layer/layer.h"
#include "layer/deb/merge.h"

struct layer_set {
	struct layer_request request;
	const struct layer_set *below;
	struct digest key;
	struct arena arena;
	struct cached_package **packs; /* this set's own */
	size_t pack_count;
	struct installed *packages; /* those of the sets below, then our own */
	size_t count, first;	    /* first: index of the first of our own */
	struct merge_result merged; /* of all packages */
	size_t first_group;	    /* the index of our first group there */
	struct tree whole;
};

/* A key for a tree on disk: owners there depend on the caller's id mapping. */
struct digest layer_root_key(const char *kind, const struct digest *key);
void layer_root_push(struct layer_root *r, const char *folder);
/* Reads a file of a root as its programs would see it; links are not followed. */
struct err *layer_root_read(const struct layer_root *r, const char *path, char **ret) MUST_CHECK;
/* Adds the folders above a tree's entries, with the root's attributes. */
void layer_root_add_parents(const struct layer_root *r, struct tree *t, int64_t mtime);

/* A work folder with an upper folder that begins with a tree. */
struct layer_work {
	char *folder, *upper, *work;
};
struct err *layer_work_begin(struct store *s, const struct tree *seed, struct layer_work *ret) MUST_CHECK;
/* Makes the overlay's work folder new, because it serves only one mount. */
struct err *layer_work_renew(const struct layer_work *w) MUST_CHECK;
/* Keeps the upper folder under a key, puts it on root and, if ret is given, reads it back into ret. */
struct err *layer_work_keep(struct store *s, const struct digest *key, struct layer_work *w,
			    struct layer_root *root, struct progress *p, struct layer_delta *ret) MUST_CHECK;
void layer_work_done(struct layer_work *w);
/* Puts a kept delta on root. ret_found false: there is none yet. */
struct err *layer_work_find(struct store *s, const struct digest *key, struct layer_root *root,
			    struct layer_delta *ret, bool *ret_found) MUST_CHECK;
