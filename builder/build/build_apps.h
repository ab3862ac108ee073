/* SPDX-License-Identifier: MIT */
/* Builds the apps: lays their sources into the bench and runs their steps over the configured root. The work
 * is split into parts, each kept as a delta. First the part that needs no source. Then a part for each step
 * and app that needs only some of the app's files, such as its Node packages and assets; it sees earlier
 * steps of its own app and of the first app. Then each app's whole source. Last what the bench needs of all
 * apps. A part is built again only if something that it sees has changed. */
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

/* Fills names, keys and count from the sources, the pinned lock files and every step, over packages with that
 * key. */
void build_apps_plan(const struct build_context *j, const struct digest *packages_key,
		     struct build_apps *ret);
/* Runs the planned parts that no earlier build has kept, several at the same time; fills parts. made is told
 * of one after another as each is there, with its number. */
struct err *build_apps(struct build_context *j, const struct layer_root *root, struct build_apps *a,
		       void (*made)(void *arg, const struct build_parts *all, size_t part),
		       void *arg) MUST_CHECK;
void build_apps_done(struct build_apps *a);
