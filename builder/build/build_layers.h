/* SPDX-License-Identifier: MIT */
/* From a plan to layers in the store: packages, what configuring them changed, apps, configuration. */
#pragma once
#include "build/build_apps.h"
#include "build/build_context.h"
#include "image/image.h"

#define BUILD_LAYERS_MAX (7 + BUILD_PARTS_MAX)

struct build_layers {
	struct image_layer items[BUILD_LAYERS_MAX]; /* lowest first */
	size_t count;
	char build_id[DIGEST_HEX]; /* names all that went in: packages, apps, recipe, our own programs */
	struct digest tree;	   /* of the whole image, whatever form it takes */
	struct build_work *work;
};

/* What an earlier build poured from the same inputs is taken as it is. */
struct err *build_layers(struct build_context *j, struct build_layers *ret) MUST_CHECK;
/* Only as far as the lock needs to be whole (build/build_lockfiles.h). */
struct err *build_layers_lock(struct build_context *j) MUST_CHECK;
void build_layers_done(struct build_layers *l);

/* For outputs that are more than those layers. The request for the image's packages, and its key. */
const struct layer_request *build_layers_request(const struct build_layers *l, struct digest *ret_key);
/* The image's packages and its merged tree, put together again when the layers were poured by an earlier
 * build. The set is borrowed until build_layers_done and carries what the tree names. */
struct err *build_layers_open(struct build_layers *l, const struct layer_set **ret_set,
			      struct tree *ret_whole) MUST_CHECK;
