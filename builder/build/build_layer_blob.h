/* SPDX-License-Identifier: MIT */
/* Writes trees as layer blobs, each only once: a ref in the store maps a layer's key to its blob. */
#pragma once
#include "build/build_context.h"
#include "image/image.h"

/* The key of a layer blob, from the key of its inputs, the kind of layer and the layer's name. */
struct digest build_layer_blob_key(const char *kind, const struct digest *inputs, const char *name);
/* A key made from the tree's content, times included: the same tree has the same key whatever it was made
 * from. */
struct digest build_layer_blob_content(const struct build_context *j, const struct tree *t);
/* A digest of what an audit depends on beside the tree: the rules, and what the recipe allows. */
struct digest build_layer_blob_rules(const struct build_context *j);
/* Audits a tree (layer/audit.h) unless it was audited under the same key and rules. what: the layer's name.
 * Thread-safe. */
struct err *build_layer_blob_audit(struct build_context *j, const struct digest *key, const struct tree *t,
				   const char *what) MUST_CHECK;
/* Audits the tree and writes its blob, unless that was done before. Thread-safe. */
struct err *build_layer_blob(struct build_context *j, const struct digest *key, const struct tree *t,
			     const char *what, struct layer_blob *ret) MUST_CHECK;

/* Stores all layers of a build and its tree's digest under the build's name. Recall returns false unless
 * every blob is still there. */
struct err *build_layer_blob_remember(struct build_context *j, const struct digest *build,
				      const struct image_layer *layers, size_t count,
				      const struct digest *tree) MUST_CHECK;
bool build_layer_blob_recall(struct build_context *j, const struct digest *build, struct image_layer *layers,
			     size_t count, struct digest *tree);
