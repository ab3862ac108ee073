/* SPDX-License-Identifier: MIT */
/* What the files of layer.h share. */
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
	size_t first_group;	    /* our first group there */
	struct tree whole;
};

/* A key for what lies on disk: owners there depend on how the caller is mapped. */
struct digest layer_root_key(const char *kind, const struct digest *key);
void layer_root_push(struct layer_root *r, const char *folder);
/* Reads a file of a root, as its programs would see it; links are not followed. */
struct err *layer_root_read(const struct layer_root *r, const char *path, char **ret) MUST_CHECK;
/* Adds the folders above a tree's entries as the root has them. */
void layer_root_add_parents(const struct layer_root *r, struct tree *t, int64_t mtime);

/* A work folder with an upper folder that begins with a tree. */
struct layer_work {
	char *folder, *upper, *work;
};
struct err *layer_work_begin(struct store *s, const struct tree *seed, struct layer_work *ret) MUST_CHECK;
/* An overlay's work folder serves one mount: this makes it new. */
struct err *layer_work_renew(const struct layer_work *w) MUST_CHECK;
/* Keeps the upper folder under a key, puts it on root and reads it back into ret, when given. */
struct err *layer_work_keep(struct store *s, const struct digest *key, struct layer_work *w,
			    struct layer_root *root, struct progress *p, struct layer_delta *ret) MUST_CHECK;
void layer_work_done(struct layer_work *w);
/* Puts a kept delta on root. ret_found false: it has to be made. */
struct err *layer_work_find(struct store *s, const struct digest *key, struct layer_root *root,
			    struct layer_delta *ret, bool *ret_found) MUST_CHECK;
