/* SPDX-License-Identifier: MIT */
/* Apps: their sources laid into the bench, their steps run over the configured root, in parts, each a delta
 * of its own. First what needs no source; then what a few of an app's files decide, such as its Node
 * packages and its assets, a part a step and app, which sees earlier steps of its own app and of the first
 * one; then each app's whole source; then what the bench needs of all. A part is made again when something
 * changes that it sees, and then alone. */
#pragma once
#include "build/build_context.h"
#include "layer/layer.h"

#define BUILD_APPS_PARTS 20   /* with many apps the last ones share theirs */
#define BUILD_APPS_USER 1000u /* uid and gid of the bench's files and steps */

struct build_apps {
	struct layer_delta parts[BUILD_APPS_PARTS]; /* lowest first */
	const char *names[BUILD_APPS_PARTS];	    /* "environment", "dependencies", "apps", "bench" */
	struct digest keys[BUILD_APPS_PARTS];
	struct layer_root made[BUILD_APPS_PARTS]; /* each on disk, once it was run */
	size_t count;
};

/* Fills names, keys and count from the sources, the pins and every step, over packages of that key. */
void build_apps_plan(const struct build_context *j, const struct digest *packages_key,
		     struct build_apps *ret);
/* Runs what the plan names and no earlier build has kept; fills parts. */
struct err *build_apps(struct build_context *j, const struct layer_root *root,
		       struct build_apps *a) MUST_CHECK;
/* The files of all apps that a step's inputs name, where the step finds them; sorted. */
void build_apps_inputs(const struct build_context *j, const struct service_step *step, struct tree *ret);
void build_apps_done(struct build_apps *a);
