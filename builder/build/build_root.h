/* SPDX-License-Identifier: MIT */
/* Builds the root that apps are built over: the image's packages, configured; then packages for building
 * only; then the interpreters that the recipe brings. */
#pragma once
#include "build/build_context.h"
#include "build/build_runtime.h"
#include "image/image.h"
#include "layer/layer.h"

enum { BUILD_ROOT_GROUPS = GROUP_BUILD }; /* package groups of an image: those below it */

struct build_root {
	struct build_context *job;
	struct image_layer *layers;		 /* those that it writes */
	struct layer_request image, tools;	 /* the image's packages; those only for building apps */
	struct layer_package *packages;		 /* of both, the image's first */
	struct digest image_key, tools_key, key; /* key: of all that apps are built over */
	struct layer_set *set, *tool_set;
	struct layer_root whole, image_root; /* with the build tools; as the image has it */
	struct layer_delta configured;
	struct build_runtime runtime;
	bool there; /* it is on disk */
};

/* Plans its content and computes the keys of its packages. */
void build_root_plan(struct build_root *r, struct build_context *j);
/* Computes its complete key, once the context has its sources. */
void build_root_key(struct build_root *r);
/* Builds it on disk, once, and writes the layers of the image's packages and of their configuration:
 * layers[0] to layers[BUILD_ROOT_GROUPS]. */
struct err *build_root(struct build_root *r, struct image_layer *layers) MUST_CHECK;
/* Also valid for an all-zero struct that build_root_plan never saw. */
void build_root_done(struct build_root *r);
