/* SPDX-License-Identifier: MIT */
/* Turns a plan into layers in the store: packages, their configuration, apps, the bench's configuration. */
#pragma once
#include "build/build_apps.h"
#include "build/build_context.h"
#include "image/image.h"

#define BUILD_LAYERS_MAX (7 + BUILD_PARTS_MAX)

struct build_layers {
	struct image_layer items[BUILD_LAYERS_MAX]; /* lowest first */
	size_t count;
	char build_id[DIGEST_HEX]; /* names all inputs: packages, apps, recipe, our own programs */
	struct digest tree;	   /* of the whole image, in any output format */
	struct build_work *work;
};

/* Layers that an earlier build wrote from the same inputs are reused. */
struct err *build_layers(struct build_context *j, struct build_layers *ret) MUST_CHECK;
/* Builds only as far as a complete lock needs (build/build_lockfiles.h). */
struct err *build_layers_lock(struct build_context *j) MUST_CHECK;
void build_layers_done(struct build_layers *l);

/* For outputs that need more than those layers: the request for the image's packages, and its key. */
const struct layer_request *build_layers_request(const struct build_layers *l, struct digest *ret_key);
/* The image's packages and its merged tree; merged again if an earlier build wrote the layers. The set is
 * borrowed until build_layers_done and owns what the tree names. */
struct err *build_layers_open(struct build_layers *l, const struct layer_set **ret_set,
			      struct tree *ret_whole) MUST_CHECK;
