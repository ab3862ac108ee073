/* SPDX-License-Identifier: MIT */
/* Trees into layer blobs, each once: what a key was poured to be is a ref of the store. */
#pragma once
#include "build/build_context.h"
#include "image/image.h"

/* The key of a poured layer from that of its inputs, the kind of layer and its own name. */
struct digest build_layer_blob_key(const char *kind, const struct digest *inputs, const char *name);
/* The same where the tree itself is at hand: what is poured from it, times and all, has that
 * key whatever it was made from. */
struct digest build_layer_blob_content(const struct build_context *j, const struct tree *t);
/* What an audit's answer depends on beside the tree: the rules, and what the recipe allows. */
struct digest build_layer_blob_rules(const struct build_context *j);
/* Audits a tree (layer/audit.h), unless that was done under the same key and rules. what:
 * the layer's name. Thread-safe. */
struct err *build_layer_blob_audit(struct build_context *j, const struct digest *key, const struct tree *t,
				   const char *what) MUST_CHECK;
/* Audits the tree and pours it, unless that was done. Thread-safe. */
struct err *build_layer_blob(struct build_context *j, const struct digest *key, const struct tree *t,
			     const char *what, struct layer_blob *ret) MUST_CHECK;

/* All layers of a build and its tree's digest under the build's name; recall is false
 * unless every blob is still there. */
struct err *build_layer_blob_remember(struct build_context *j, const struct digest *build,
				      const struct image_layer *layers, size_t count,
				      const struct digest *tree) MUST_CHECK;
bool build_layer_blob_recall(struct build_context *j, const struct digest *build, struct image_layer *layers,
			     size_t count, struct digest *tree);
