/* SPDX-License-Identifier: MIT */
#include "build/build_layers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "build/build_apps.h"
#include "build/build_configuration.h"
#include "build/build_owner.h"
#include "build/build_packages.h"
#include "build/build_runtime.h"
#include "build/build_lockfiles.h"
#include "build/build_layer_blob.h"
#include "build/build_left_out.h"
#include "build/build_sites.h"
#include "build/build_trial.h"
#include "layer/layer.h"

enum { IMAGE_GROUPS = GROUP_BUILD }; /* those below it */

/* Everything of one build that outlives a step. */
struct build_work {
	struct build_context *job;
	struct layer_request image, tools;   /* packages of the image; those that only build apps */
	struct layer_package *packages;      /* of both, the image's first */
	struct digest image_key, tools_key, root_key; /* root_key: of all that apps are built over */
	struct layer_set *set, *tool_set;
	struct layer_root root, packages_root; /* with the build tools, and as an image has it */
	struct layer_delta configured;
	struct build_runtime runtime;
	struct build_apps apps;
	struct tree settled[BUILD_APPS_PARTS + 2]; /* what an image has of the interpreters, if any, and of the apps' parts; the last: nothing */
	struct tree configuration;
	struct tree unnamed;                 /* the configuration without the build's name */
	struct tree sites;                   /* prebaked ones */
	bool rooted;                         /* the packages and tools are on root */
	bool made;                           /* the deltas are here, not only what was poured from them */
};

/* Behind those that are there already. */
static size_t take_layer(struct build_work *w, int group, size_t at)
{
	const struct plan_layer *layer = &w->job->plan.layers[group];

	for (size_t i = 0; i < layer->package_count; i++)
		w->packages[at++] = (struct layer_package){ layer->packages[i]->sha256, group == GROUP_BUILD ? 0 : (size_t)group };
	return at;
}

static void take_packages(struct build_work *w)
{
	size_t image = 0;

	w->packages = mem_array(w->job->lock.package_count, sizeof *w->packages);
	for (int group = 0; group < IMAGE_GROUPS; group++)
		image = take_layer(w, group, image);
	w->image.packages = w->packages;
	w->image.package_count = image;
	w->tools.packages = w->packages + image;
	w->tools.package_count = take_layer(w, GROUP_BUILD, image) - image;
}

static void make_requests(struct build_work *w)
{
	const struct recipe *r = &w->job->recipe;

	w->image = (struct layer_request){
		.store = w->job->store, .progress = w->job->progress, .group_count = IMAGE_GROUPS,
		.architecture = r->base.architecture, .exclude = service_exclude(w->job->services), .masked = service_masked(w->job->services),
		.epoch = w->job->lock.epoch,
	};
	w->image.user_count = service_users(w->job->services, &w->image.users);
	w->tools = w->image;
	w->tools.group_count = 1;
	take_packages(w);
	w->image_key = layer_key(&w->image, NULL);
	w->tools_key = w->tools.package_count ? layer_key(&w->tools, &w->image_key) : w->image_key;
}

struct pouring {
	struct build_work *work;
	struct build_layers *out;
	struct err *failed;
};

/* In a thread of its own: layers of packages do not depend on what their scripts do. */
static void *pour_groups(void *arg)
{
	struct pouring *p = arg;

	for (size_t g = 0; g < IMAGE_GROUPS && !p->failed; g++) {
		const struct tree *group = layer_group(p->work->set, g);
		struct digest key = build_layer_blob_content(p->work->job, group);
		p->failed = build_layer_blob(p->work->job, &key, group, lock_group_names[g], &p->out->items[g].blob);
	}
	return NULL;
}

static struct err *configure(struct build_work *w)
{
	progress_stage(w->job->progress, "unpack", 0, "packages");
	TRY(layer_unpack(w->set, &w->root));
	progress_done(w->job->progress, NULL);
	progress_stage(w->job->progress, "configure", w->image.package_count, "packages");
	TRY(layer_configure(w->set, &w->root, &w->configured));
	progress_done(w->job->progress, w->configured.cached ? "cached" : NULL);
	return NULL;
}

/* The image's packages: on disk and configured for the steps to come, and poured. */
static struct err *do_packages(struct build_work *w, struct build_layers *out)
{
	struct pouring p = { w, out, NULL };
	pthread_t thread;

	TRY(layer_open(&w->image, NULL, &w->set));
	bool threaded = !pthread_create(&thread, NULL, pour_groups, &p);
	struct err *e = configure(w);
	if (threaded)
		pthread_join(thread, NULL);
	else
		pour_groups(&p);
	if (e) {
		err_free(p.failed);
		return e;
	}
	TRY(p.failed);
	struct digest key = build_layer_blob_key("configure", &w->image_key, "");
	return build_layer_blob(w->job, &key, &w->configured.tree, "configure", &out->items[IMAGE_GROUPS].blob);
}

static struct err *do_tools(struct build_work *w)
{
	if (!w->tools.package_count)
		return NULL;
	progress_stage(w->job->progress, "build tools", w->tools.package_count, "packages");
	TRY(layer_open(&w->tools, w->set, &w->tool_set));
	TRY(layer_unpack(w->tool_set, &w->root));
	TRY(layer_configure(w->tool_set, &w->root, NULL));
	progress_done(w->job->progress, NULL);
	return NULL;
}

/* Layers that steps made: the interpreters, where the recipe brings them, then the apps' parts. */
static size_t part_count(const struct build_work *w)
{
	return w->job->recipe.runtime.archives.count ? w->apps.count + 1 : w->apps.count;
}

static void merge_all(struct build_work *w, struct tree *ret)
{
	const struct tree *layers[4 + BUILD_APPS_PARTS] = { layer_whole(w->set), &w->configured.tree };
	size_t n = 2;

	for (size_t i = 0; i < part_count(w); i++)
		layers[n++] = &w->settled[i];
	layers[n++] = &w->configuration;
	layers[n++] = &w->sites;
	tree_merge(layers, n, ret);
}

static struct digest whole_tree(struct build_work *w)
{
	struct tree whole = { 0 };

	merge_all(w, &whole);
	struct digest d = tree_digest(&whole);
	tree_done(&whole);
	return d;
}

/* An app's layers as an image has them: without what only the building needed. */
static struct err *pour_apps(struct build_work *w, struct image_layer *layers)
{
	const struct tree *parts[BUILD_APPS_PARTS + 2], *packages[] = { layer_whole(w->set), &w->configured.tree };
	struct tree below = { 0 }, left_out = { 0 };
	size_t count = part_count(w), first = count - w->apps.count;

	TRY(build_left_out(w->job, &w->apps, &left_out));
	if (first)
		parts[0] = &w->runtime.delta.tree;
	for (size_t i = 0; i < w->apps.count; i++)
		parts[first + i] = &w->apps.parts[i].tree;
	parts[count] = &left_out;
	tree_merge(packages, COUNT(packages), &below);
	tree_settle(parts, count + 1, &below, service_prune(w->job->services), w->job->lock.epoch, w->settled);
	tree_done(&below);
	tree_done(&left_out);
	for (size_t i = 0; i < count; i++) {
		build_owner(&w->job->recipe, service_bench_path(w->job->services) + 1, &w->settled[i]);
		tree_date(&w->settled[i]);
		struct digest key = build_layer_blob_content(w->job, &w->settled[i]);
		TRY(build_layer_blob(w->job, &key, &w->settled[i], layers[i].name, &layers[i].blob));
	}
	return NULL;
}

static struct err *make_root(struct build_work *w, struct build_layers *out)
{
	if (w->rooted)
		return NULL;
	TRY(build_packages(w->job));
	TRY(do_packages(w, out));
	layer_root_over(&w->packages_root, &w->root);
	TRY(build_trial(w->job, &w->image_key, &w->root));
	TRY(do_tools(w));
	TRY(build_runtime(w->job, &w->tools_key, &w->root, &w->runtime));
	if (w->runtime.there)
		layer_root_top(&w->root, &w->packages_root);
	w->rooted = true;
	return NULL;
}

/* What services, framework and rootfs/ put into the image over its packages. */
static struct err *check_places(const struct build_work *w)
{
	const struct tree *packages[] = { layer_whole(w->set), &w->configured.tree };
	struct tree below = { 0 };

	tree_merge(packages, COUNT(packages), &below);
	struct err *e = tree_check_over(&w->configuration, &below);
	tree_done(&below);
	return e;
}

/* The program below the apps: a line of an app that changes moves neither its bytes nor those of the packages. */
static struct err *pour_configuration(struct build_work *w, struct build_layers *out, struct image_layer *top)
{
	struct tree programs = { 0 }, rest = { 0 };

	build_configuration_split(&w->configuration, &programs, &rest);
	struct digest own = build_layer_blob_content(w->job, &programs), key = build_layer_blob_key("configuration", &(struct digest){ 0 }, out->build_id);
	struct err *e = build_layer_blob(w->job, &own, &programs, "programs", &out->items[IMAGE_GROUPS + 1].blob);
	if (!e)
		e = build_layer_blob(w->job, &key, &rest, "configuration", &top->blob);
	tree_done(&programs);
	tree_done(&rest);
	return e;
}

static struct err *pour_sites(struct build_work *w, struct image_layer *layer)
{
	const struct build_sites_request r = { &w->packages_root, &w->apps, { layer_whole(w->set), &w->configured.tree, &w->runtime.delta.tree },
						&w->unnamed, w->tool_set ? layer_whole(w->tool_set) : NULL, w->image_key };
	struct build_sites_bake bake;

	TRY(build_sites(w->job, &r, &w->sites, &bake));
	struct digest key = build_layer_blob_content(w->job, &w->sites);
	TRY(build_layer_blob(w->job, &key, &w->sites, "sites", &layer->blob));
	return build_sites_poured(w->job, &bake, &layer->blob.digest);
}

/* Runs what is missing, bottom to top: apps need the packages' root even if its layers are poured. */
static struct err *make_all(struct build_work *w, struct build_layers *out)
{
	bool prebakes = w->job->recipe.prebake;
	struct image_layer *top = &out->items[out->count - 1 - prebakes];

	TRY(make_root(w, out));
	TRY(check_places(w));
	TRY(build_apps(w->job, &w->root, &w->apps));
	TRY(pour_apps(w, &out->items[IMAGE_GROUPS + 2]));
	TRY(pour_configuration(w, out, top));
	TRY(prebakes ? pour_sites(w, &out->items[out->count - 1]) : NULL);
	out->tree = whole_tree(w);
	w->made = true;
	return NULL;
}

/* The configuration names the build and is part of it: it is rendered once without the name to get it. */
static struct err *name_build(struct build_work *w, struct digest *ret, char hex[static DIGEST_HEX])
{
	struct digest_run *run = digest_start();

	digest_feed_word(run, "build 8");
	for (const char *const *glob = service_prune(w->job->services); glob && *glob; glob++)
		digest_feed_word(run, *glob);
	digest_feed_word(run, service_prune_file(w->job->services) ? service_prune_file(w->job->services) : "");
	digest_feed(run, w->image_key.bytes, sizeof w->image_key.bytes);
	for (size_t i = 0; i < w->apps.count; i++)
		digest_feed(run, w->apps.keys[i].bytes, sizeof w->apps.keys[i].bytes);
	struct err *e = build_configuration(w->job, "", &w->unnamed);
	struct digest unnamed = tree_digest(&w->unnamed);
	digest_feed(run, unnamed.bytes, sizeof unnamed.bytes);
	digest_feed_word(run, w->job->recipe.prebake ? "prebaked" : "");
	*ret = digest_finish(run);
	digest_hex(ret, hex);
	return e ? e : build_configuration(w->job, hex, &w->configuration);
}

static void name_layers(const struct build_work *w, struct build_layers *out)
{
	for (size_t i = 0; i < IMAGE_GROUPS; i++)
		out->items[out->count++].name = lock_group_names[i];
	out->items[out->count++].name = "configure";
	out->items[out->count++].name = "programs";
	if (part_count(w) > w->apps.count)
		out->items[out->count++].name = "interpreters";
	for (size_t i = 0; i < w->apps.count; i++)
		out->items[out->count++].name = w->apps.names[i];
	out->items[out->count++].name = "configuration";
	if (w->job->recipe.prebake)
		out->items[out->count++].name = "sites";
}

static struct err *complete_lock(struct build_work *w, struct build_layers *out)
{
	bool missing;

	make_requests(w);
	TRY(build_context_sources(w->job));
	w->root_key = build_runtime_key(w->job, &w->tools_key);
	TRY(build_lockfiles_check(w->job, &missing));
	if (!missing)
		return NULL;
	TRY(make_root(w, out));
	return build_lockfiles(w->job, &w->root);
}

static struct err *build(struct build_work *w, struct build_layers *out)
{
	struct digest name, rules = build_layer_blob_rules(w->job);
	char hex[DIGEST_HEX];

	TRY(complete_lock(w, out));
	build_apps_plan(w->job, &w->root_key, &w->apps);
	name_layers(w, out);
	TRY(name_build(w, &name, out->build_id));
	name = build_layer_blob_key("build", &name, digest_hex(&rules, hex)); /* what was poured under other rules is looked at again */
	if (build_layer_blob_recall(w->job, &name, out->items, out->count, &out->tree))
		return NULL;
	TRY(make_all(w, out));
	return build_layer_blob_remember(w->job, &name, out->items, out->count, &out->tree);
}

static void begin(struct build_context *j, struct build_layers *ret)
{
	*ret = (struct build_layers){ .work = mem_new(sizeof *ret->work) };
	ret->work->job = j;
}

struct err *build_layers(struct build_context *j, struct build_layers *ret)
{
	begin(j, ret);
	TRY(build(ret->work, ret));
	return j->recipe.prebake ? build_sites_use(j, &ret->items[ret->count - 1].blob.digest) : NULL;
}

struct err *build_layers_lock(struct build_context *j)
{
	struct build_layers layers;

	begin(j, &layers);
	struct err *e = complete_lock(layers.work, &layers);
	build_layers_done(&layers);
	return e;
}

void build_layers_done(struct build_layers *l)
{
	struct build_work *w = l->work;

	if (!w)
		return;
	layer_delta_done(&w->configured);
	build_runtime_done(&w->runtime);
	build_apps_done(&w->apps);
	for (size_t i = 0; i < COUNT(w->settled); i++)
		tree_done(&w->settled[i]);
	layer_root_done(&w->root);
	layer_root_done(&w->packages_root);
	tree_done(&w->sites);
	tree_done(&w->unnamed);
	layer_close(w->tool_set);
	layer_close(w->set);
	tree_done(&w->configuration);
	free(w->packages);
	free(TAKE(l->work));
}

const struct layer_request *build_layers_request(const struct build_layers *l, struct digest *ret_key)
{
	*ret_key = l->work->image_key;
	return &l->work->image;
}

struct err *build_layers_open(struct build_layers *l, const struct layer_set **ret_set, struct tree *ret_whole)
{
	if (!l->work->made)
		TRY(make_all(l->work, l));
	*ret_set = l->work->set;
	merge_all(l->work, ret_whole);
	return NULL;
}
