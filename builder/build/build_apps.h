/* SPDX-License-Identifier: MIT */
/* Apps: their sources laid into the bench, their steps run over the configured root, in parts, each a delta
 * of its own. First what needs no source; then what a few of an app's files decide, such as its Node
 * packages and its assets, a part a step and app, which sees earlier steps of its own app and of the first
 * one; then each app's whole source; then what the bench needs of all. A part is made again when something
 * changes that it sees, and then alone. */
#pragma once
#include "build/build_parts.h"
#include "layer/layer.h"

struct build_apps {
	struct layer_delta parts[BUILD_PARTS_MAX]; /* lowest first */
	const char *names[BUILD_PARTS_MAX];	   /* "environment", "dependencies", "apps", "bench" */
	struct digest keys[BUILD_PARTS_MAX];
	struct layer_root made[BUILD_PARTS_MAX]; /* each on disk, once it was run */
	size_t count;
};

/* Fills names, keys and count from the sources, the pins and every step, over packages of that key. */
void build_apps_plan(const struct build_context *j, const struct digest *packages_key,
		     struct build_apps *ret);
/* Runs what the plan names and no earlier build has kept; fills parts. */
struct err *build_apps(struct build_context *j, const struct layer_root *root,
		       struct build_apps *a) MUST_CHECK;
void build_apps_done(struct build_apps *a);
