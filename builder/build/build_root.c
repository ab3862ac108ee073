/* SPDX-License-Identifier: MIT */
#include "build/build_root.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

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

/* Work beside what is built next: layers are written, and the tools unpacked. */
struct beside {
	struct build_root *root;
	struct image_layer *layers;
	void (*work)(struct beside *b);
	pthread_t thread;
	bool threaded;
	struct err *failed;
};

/* The packages' layers do not depend on their scripts. */
static void pour_groups(struct beside *b)
{
	for (size_t g = 0; g < BUILD_ROOT_GROUPS && !b->failed; g++) {
		const struct tree *group = layer_group(b->root->set, g);
		struct digest key = build_layer_blob_content(b->root->job, group);
		b->failed =
			build_layer_blob(b->root->job, &key, group, lock_group_names[g], &b->layers[g].blob);
	}
}

static void pour_configured(struct beside *b)
{
	struct digest key = build_layer_blob_key("configure", &b->root->image_key, "");

	b->failed = build_layer_blob(b->root->job, &key, &b->root->configured.tree, "configure",
				     &b->layers[BUILD_ROOT_GROUPS].blob);
}

/* Nor does the tree of the build tools, which is looked up again where it is needed. */
static void unpack_tools(struct beside *b)
{
	struct build_root *r = b->root;
	struct layer_root unpacked = { 0 };

	b->failed = layer_open(&r->tools, r->set, &r->tool_set);
	if (!b->failed)
		b->failed = layer_unpack(r->tool_set, &unpacked);
	layer_root_done(&unpacked);
}

/* Whoever waits for the build waits for each script of the packages, and for this only at the end. */
static void *work_beside(void *arg)
{
	struct beside *b = arg;

	setpriority(PRIO_PROCESS, (id_t)gettid(), getpriority(PRIO_PROCESS, 0) + 5);
	b->work(b);
	return NULL;
}

static void beside_begin(struct beside *b, void (*work)(struct beside *b))
{
	b->work = work;
	b->threaded = !pthread_create(&b->thread, NULL, work_beside, b);
	if (!b->threaded)
		work(b);
}

/* Of several failures, the one that came first is told. */
static struct err *beside_end(struct beside *b, struct err *e)
{
	if (b->threaded)
		pthread_join(b->thread, NULL);
	b->threaded = false;
	if (!e)
		return TAKE(b->failed);
	err_free(TAKE(b->failed));
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
	struct beside groups = { .root = r, .layers = layers }, configured = groups, unpacking = groups;
	struct layer_root known = { 0 };

	if (r->there)
		return NULL;
	TRY(build_packages(r->job));
	TRY(layer_open(&r->image, NULL, &r->set));
	beside_begin(&groups, pour_groups);
	if (r->tools.package_count && !tools_are_there(r, &known))
		beside_begin(&unpacking, unpack_tools);
	layer_root_done(&known);
	struct err *e = configure(r);
	if (!e) {
		beside_begin(&configured, pour_configured);
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
