/* SPDX-License-Identifier: MIT */
/* The root that apps are built over: the image's packages, configured; then what only building needs; then
 * the interpreters that the recipe brings. */
#pragma once
#include "build/build_context.h"
#include "build/build_runtime.h"
#include "image/image.h"
#include "layer/layer.h"

enum { BUILD_ROOT_GROUPS = GROUP_BUILD }; /* groups of packages that an image has: those below it */

struct build_root {
	struct build_context *job;
	struct layer_request image, tools;	 /* packages of the image; those that only build apps */
	struct layer_package *packages;		 /* of both, the image's first */
	struct digest image_key, tools_key, key; /* key: of all that apps are built over */
	struct layer_set *set, *tool_set;
	struct layer_root whole, image_root; /* with the build tools, and as an image has it */
	struct layer_delta configured;
	struct build_runtime runtime;
	bool there; /* it is on the disk */
};

/* What it is to be of, with the keys of its packages. */
void build_root_plan(struct build_root *r, struct build_context *j);
/* Its whole key, once the job has its sources. */
void build_root_key(struct build_root *r);
/* Makes it on the disk, once, and pours the layers of the image's packages and of their configuration:
 * layers[0] to layers[BUILD_ROOT_GROUPS]. */
struct err *build_root(struct build_root *r, struct image_layer *layers) MUST_CHECK;
/* Of one that build_root_plan never saw, too, if it is all 0. */
void build_root_done(struct build_root *r);
