/* SPDX-License-Identifier: MIT */
#include "build/build_root.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
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

/* Layers that are written beside what is built over them. */
struct pouring {
	struct build_root *root;
	struct image_layer *layers;
	pthread_t thread;
	bool threaded;
	struct err *failed;
};

/* The packages' layers do not depend on their scripts. */
static void *pour_groups(void *arg)
{
	struct pouring *p = arg;

	for (size_t g = 0; g < BUILD_ROOT_GROUPS && !p->failed; g++) {
		const struct tree *group = layer_group(p->root->set, g);
		struct digest key = build_layer_blob_content(p->root->job, group);
		p->failed =
			build_layer_blob(p->root->job, &key, group, lock_group_names[g], &p->layers[g].blob);
	}
	return NULL;
}

static void *pour_configured(void *arg)
{
	struct pouring *p = arg;
	struct digest key = build_layer_blob_key("configure", &p->root->image_key, "");

	p->failed = build_layer_blob(p->root->job, &key, &p->root->configured.tree, "configure",
				     &p->layers[BUILD_ROOT_GROUPS].blob);
	return NULL;
}

static void pouring_begin(struct pouring *p, void *(*pour)(void *))
{
	p->threaded = !pthread_create(&p->thread, NULL, pour, p);
	if (!p->threaded)
		pour(p);
}

/* Of several failures, the one that came first is told. */
static struct err *pouring_end(struct pouring *p, struct err *e)
{
	if (p->threaded)
		pthread_join(p->thread, NULL);
	if (!e)
		return TAKE(p->failed);
	err_free(p->failed);
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
static struct err *do_tools(struct build_root *r)
{
	bool there = false;

	if (!r->tools.package_count)
		return NULL;
	progress_stage(r->job->progress, "build tools", r->tools.package_count, "packages");
	if (!r->job->recipe.prebake)
		layer_recall(r->job->store, &r->tools_key, &r->whole, &there);
	if (!there) {
		TRY(layer_open(&r->tools, r->set, &r->tool_set));
		TRY(layer_unpack(r->tool_set, &r->whole));
		TRY(layer_configure(r->tool_set, &r->whole, NULL));
	}
	progress_done(r->job->progress, there ? "cached" : NULL);
	return NULL;
}

/* What is only the root's, not the image's packages'. */
static struct err *do_rest(struct build_root *r)
{
	layer_root_over(&r->image_root, &r->whole);
	TRY(build_trial(r->job, &r->image_key, &r->whole));
	TRY(do_tools(r));
	TRY(build_runtime(r->job, &r->tools_key, &r->whole, &r->runtime));
	if (r->runtime.there)
		layer_root_top(&r->whole, &r->image_root);
	return NULL;
}

struct err *build_root(struct build_root *r, struct image_layer *layers)
{
	struct pouring groups = { .root = r, .layers = layers }, configured = groups;

	if (r->there)
		return NULL;
	TRY(build_packages(r->job));
	TRY(layer_open(&r->image, NULL, &r->set));
	pouring_begin(&groups, pour_groups);
	struct err *e = configure(r);
	if (!e) {
		pouring_begin(&configured, pour_configured);
		e = do_rest(r);
	}
	e = pouring_end(&configured, pouring_end(&groups, e));
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
