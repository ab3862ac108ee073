/* SPDX-License-Identifier: MIT */
#include "build/build_root.h"

#include <stdlib.h>

#include "base/mem.h"
#include "build/beside.h"
#include "build/build_layer_blob.h"
#include "build/build_packages.h"
#include "build/build_trial.h"

/* Puts a layer behind the existing ones. */
static size_t take_layer(struct build_root *r, int group, size_t at)
{
	const struct plan_layer *layer = &r->job->plan.layers[group];

	for (size_t i = 0; i < layer->package_count; i++)
		r->packages[at++] = (struct layer_package){ layer->packages[i]->sha256,
							    group == GROUP_BUILD ? 0 : (size_t)group };
	return at;
}

static void take_packages(struct build_root *r)
{
	size_t image = 0;

	r->packages = mem_array(r->job->lock.package_count, sizeof *r->packages);
	for (int group = 0; group < BUILD_ROOT_GROUPS; group++)
		image = take_layer(r, group, image);
	r->image.packages = r->packages;
	r->image.package_count = image;
	r->tools.packages = r->packages + image;
	r->tools.package_count = take_layer(r, GROUP_BUILD, image) - image;
}

void build_root_plan(struct build_root *r, struct build_context *j)
{
	*r = (struct build_root){ .job = j };
	r->image = (struct layer_request){
		.store = j->store,
		.progress = j->progress,
		.group_count = BUILD_ROOT_GROUPS,
		.architecture = j->recipe.base.architecture,
		.exclude = service_exclude(j->services),
		.masked = service_masked(j->services),
		.epoch = j->lock.epoch,
	};
	r->image.user_count = service_users(j->services, &r->image.users);
	r->tools = r->image;
	r->tools.group_count = 1;
	take_packages(r);
	r->image_key = layer_key(&r->image, NULL);
	r->tools_key = r->tools.package_count ? layer_key(&r->tools, &r->image_key) : r->image_key;
}

void build_root_key(struct build_root *r)
{
	r->key = build_runtime_key(r->job, &r->tools_key);
}

/* The packages' layers do not depend on their scripts. */
static struct err *pour_groups(void *root)
{
	struct build_root *r = root;

	for (size_t g = 0; g < BUILD_ROOT_GROUPS; g++) {
		const struct tree *group = layer_group(r->set, g);
		struct digest key = build_layer_blob_content(r->job, group);
		TRY(build_layer_blob(r->job, &key, group, lock_group_names[g], &r->layers[g].blob));
	}
	return NULL;
}

static struct err *pour_configured(void *root)
{
	struct build_root *r = root;
	struct digest key = build_layer_blob_key("configure", &r->image_key, "");

	return build_layer_blob(r->job, &key, &r->configured.tree, "configure",
				&r->layers[BUILD_ROOT_GROUPS].blob);
}

/* Nor does the tree of the build tools, which is looked up again where it is needed. */
static struct err *unpack_tools(void *root)
{
	struct build_root *r = root;
	struct layer_root unpacked = { 0 };

	TRY(layer_open(&r->tools, r->set, &r->tool_set));
	struct err *e = layer_unpack(r->tool_set, &unpacked);
	layer_root_done(&unpacked);
	return e;
}

static struct err *configure(struct build_root *r)
{
	progress_stage(r->job->progress, "unpack", 0, "packages");
	TRY(layer_unpack(r->set, &r->whole));
	progress_done(r->job->progress, NULL);
	progress_stage(r->job->progress, "configure", r->image.package_count, "packages");
	TRY(layer_configure(r->set, &r->whole, &r->configured));
	progress_done(r->job->progress, r->configured.cached ? "cached" : NULL);
	return NULL;
}

/* One of the build tools is needed to make sites and is looked up in their tree; otherwise only the folders
 * are needed. */
static bool tools_are_there(struct build_root *r, struct layer_root *root)
{
	bool there = false;

	if (!r->job->recipe.prebake)
		layer_recall(r->job->store, &r->tools_key, root, &there);
	return there;
}

static struct err *do_tools(struct build_root *r, struct beside *unpacking)
{
	if (!r->tools.package_count)
		return NULL;
	progress_stage(r->job->progress, "build tools", r->tools.package_count, "packages");
	bool there = !unpacking->work && tools_are_there(r, &r->whole);
	if (!there) {
		if (!unpacking->work)
			beside_begin(unpacking, unpack_tools, r);
		TRY(beside_end(unpacking, NULL));
		TRY(layer_unpack(r->tool_set, &r->whole));
		TRY(layer_configure(r->tool_set, &r->whole, NULL));
	}
	progress_done(r->job->progress, there ? "cached" : NULL);
	return NULL;
}

/* What is only the root's, not the image's packages'. */
static struct err *do_rest(struct build_root *r, struct beside *unpacking)
{
	layer_root_over(&r->image_root, &r->whole);
	TRY(build_trial(r->job, &r->image_key, &r->whole));
	TRY(do_tools(r, unpacking));
	TRY(build_runtime(r->job, &r->tools_key, &r->whole, &r->runtime));
	if (r->runtime.there)
		layer_root_top(&r->whole, &r->image_root);
	return NULL;
}

struct err *build_root(struct build_root *r, struct image_layer *layers)
{
	struct beside groups = { 0 }, configured = { 0 }, unpacking = { 0 };
	struct layer_root known = { 0 };

	if (r->there)
		return NULL;
	r->layers = layers;
	TRY(build_packages(r->job));
	TRY(layer_open(&r->image, NULL, &r->set));
	beside_begin(&groups, pour_groups, r);
	if (r->tools.package_count && !tools_are_there(r, &known))
		beside_begin(&unpacking, unpack_tools, r);
	layer_root_done(&known);
	struct err *e = configure(r);
	if (!e) {
		beside_begin(&configured, pour_configured, r);
		e = do_rest(r, &unpacking);
	}
	e = beside_end(&unpacking, beside_end(&configured, beside_end(&groups, e)));
	r->there = !e;
	return e;
}

void build_root_done(struct build_root *r)
{
	layer_delta_done(&r->configured);
	build_runtime_done(&r->runtime);
	layer_root_done(&r->whole);
	layer_root_done(&r->image_root);
	layer_close(r->tool_set);
	layer_close(r->set);
	free(r->packages);
}
