/* SPDX-License-Identifier: MIT */
#include "build/build_layers.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "build/beside.h"
#include "build/build_apps.h"
#include "build/build_configuration.h"
#include "build/build_owner.h"
#include "build/build_root.h"
#include "build/build_lockfiles.h"
#include "build/build_layer_blob.h"
#include "build/build_left_out.h"
#include "build/build_sites.h"
#include "layer/layer.h"

/* The state of one build that outlives a step. */
struct build_work {
	struct build_context *job;
	struct build_root root; /* the root for building apps */
	struct build_apps apps;
	/* the image's part of the interpreters, if any, and of the apps' parts; the last is empty */
	struct tree settled[BUILD_PARTS_MAX + 2];
	struct tree configuration;
	struct tree unnamed; /* the configuration without the build's name */
	struct tree sites;   /* the prebaked ones */
	struct beside ahead; /* writes the first part */
	struct tree later;   /* what the other parts begin with */
	bool made;	     /* the deltas are on disk, not only the blobs written from them */
};

/* Layers that steps made: the interpreters, if the recipe brings them, then the apps' parts. */
static size_t part_count(const struct build_work *w)
{
	return w->job->recipe.runtime.archives.count ? w->apps.count + 1 : w->apps.count;
}

static void merge_all(struct build_work *w, struct tree *ret)
{
	const struct tree *layers[4 + BUILD_PARTS_MAX] = { layer_whole(w->root.set),
							   &w->root.configured.tree };
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

/* Writes a layer of the apps, whose content is settled. */
static struct err *pour_part(struct build_work *w, struct tree *settled, const char *name,
			     struct layer_blob *ret)
{
	build_owner(&w->job->recipe, service_bench_path(w->job->services) + 1, settled);
	tree_date(settled);
	struct digest key = build_layer_blob_content(w->job, settled);
	return build_layer_blob(w->job, &key, settled, name, ret);
}

/* Writes the part that needs no app, the largest one mostly, while apps are built. Only its content counts:
 * should what later parts make or leave out change that, it is written again. */
static struct err *pour_ahead(void *work)
{
	struct build_work *w = work;
	const struct tree *parts[] = { &w->apps.parts[0].tree, &w->later },
			  *packages[] = { layer_whole(w->root.set), &w->root.configured.tree };
	struct tree below = { 0 }, settled[COUNT(parts)] = { 0 };
	struct layer_blob blob;

	tree_merge(packages, COUNT(packages), &below);
	tree_settle(parts, COUNT(parts), &below, service_prune(w->job->services), w->job->lock.epoch,
		    settled);
	struct err *e = pour_part(w, &settled[0], w->apps.names[0], &blob);
	for (size_t i = 0; i < COUNT(parts); i++)
		tree_done(&settled[i]);
	tree_done(&below);
	return e;
}

static void on_part(void *work, const struct build_parts *all, size_t part)
{
	const struct tree *seeds[BUILD_PARTS_MAX];
	struct build_work *w = work;

	if (part || all->items[0].kind != PART_ENVIRONMENT || all->count < 2 || w->apps.parts[0].cached)
		return;
	for (size_t i = 1; i < all->count; i++)
		seeds[i - 1] = &all->items[i].seed;
	tree_merge(seeds, all->count - 1, &w->later);
	beside_begin(&w->ahead, pour_ahead, w);
}

/* Writes an app's layers without the files that only the build needed. */
static struct err *pour_apps(struct build_work *w, struct image_layer *layers)
{
	const struct tree *parts[BUILD_PARTS_MAX + 2],
		*packages[] = { layer_whole(w->root.set), &w->root.configured.tree };
	struct tree below = { 0 }, left_out = { 0 };
	size_t count = part_count(w), first = count - w->apps.count;

	TRY(build_left_out(w->job, &w->apps, &left_out));
	if (first)
		parts[0] = &w->root.runtime.delta.tree;
	for (size_t i = 0; i < w->apps.count; i++)
		parts[first + i] = &w->apps.parts[i].tree;
	parts[count] = &left_out;
	tree_merge(packages, COUNT(packages), &below);
	tree_settle(parts, count + 1, &below, service_prune(w->job->services), w->job->lock.epoch,
		    w->settled);
	tree_done(&below);
	tree_done(&left_out);
	for (size_t i = 0; i < count; i++)
		TRY(pour_part(w, &w->settled[i], layers[i].name, &layers[i].blob));
	return NULL;
}

/* Checks what services, framework and rootfs/ put into the image over its packages. */
static struct err *check_places(const struct build_work *w)
{
	const struct tree *packages[] = { layer_whole(w->root.set), &w->root.configured.tree };
	struct tree below = { 0 };

	tree_merge(packages, COUNT(packages), &below);
	struct err *e = tree_check_over(&w->configuration, &below);
	tree_done(&below);
	return e;
}

/* Writes our program in a layer below the apps: changing an app then changes neither its bytes nor those of
 * the packages. */
static struct err *pour_configuration(struct build_work *w, struct build_layers *out, struct image_layer *top)
{
	struct tree programs = { 0 }, rest = { 0 };

	build_configuration_split(&w->configuration, &programs, &rest);
	struct digest own = build_layer_blob_content(w->job, &programs), none = { 0 };
	struct digest key = build_layer_blob_key("configuration", &none, out->build_id);
	struct err *e = build_layer_blob(w->job, &own, &programs, "programs",
					 &out->items[BUILD_ROOT_GROUPS + 1].blob);
	if (!e)
		e = build_layer_blob(w->job, &key, &rest, "configuration", &top->blob);
	tree_done(&programs);
	tree_done(&rest);
	return e;
}

static struct err *pour_sites(struct build_work *w, struct image_layer *layer)
{
	const struct build_root *root = &w->root;
	const struct build_sites_request r = {
		&root->image_root,
		&w->apps,
		{ layer_whole(root->set), &root->configured.tree, &root->runtime.delta.tree },
		&w->unnamed,
		root->tool_set ? layer_whole(root->tool_set) : NULL,
		root->image_key,
	};
	struct build_sites_bake bake;

	TRY(build_sites(w->job, &r, &w->sites, &bake));
	struct digest key = build_layer_blob_content(w->job, &w->sites);
	TRY(build_layer_blob(w->job, &key, &w->sites, "sites", &layer->blob));
	return build_sites_poured(w->job, &bake, &layer->blob.digest);
}

/* Runs what is missing, from bottom to top: apps need the packages' root even if its layers are written
 * already. */
static struct err *make_all(struct build_work *w, struct build_layers *out)
{
	bool prebakes = w->job->recipe.prebake;
	struct image_layer *top = &out->items[out->count - 1 - prebakes];

	TRY(build_root(&w->root, out->items));
	TRY(check_places(w));
	struct err *e = build_apps(w->job, &w->root.whole, &w->apps, on_part, w);
	err_free(beside_end(&w->ahead, NULL)); /* what is wrong with it shows again below */
	TRY(e);
	TRY(pour_apps(w, &out->items[BUILD_ROOT_GROUPS + 2]));
	TRY(pour_configuration(w, out, top));
	TRY(prebakes ? pour_sites(w, &out->items[out->count - 1]) : NULL);
	out->tree = whole_tree(w);
	w->made = true;
	return NULL;
}

/* The configuration contains the build's name, which depends on it: it is rendered once without the name. */
static struct err *name_build(struct build_work *w, struct digest *ret, char hex[static DIGEST_HEX])
{
	struct digest_run *run = digest_start();

	digest_feed_word(run, "build 8");
	for (const char *const *glob = service_prune(w->job->services); glob && *glob; glob++)
		digest_feed_word(run, *glob);
	digest_feed_word(run,
			 service_prune_file(w->job->services) ? service_prune_file(w->job->services) : "");
	digest_feed(run, w->root.image_key.bytes, sizeof w->root.image_key.bytes);
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
	for (size_t i = 0; i < BUILD_ROOT_GROUPS; i++)
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

	build_root_plan(&w->root, w->job);
	TRY(build_context_sources(w->job));
	build_root_key(&w->root);
	TRY(build_lockfiles_check(w->job, &missing));
	if (!missing)
		return NULL;
	TRY(build_root(&w->root, out->items));
	return build_lockfiles(w->job, &w->root.whole);
}

static struct err *build(struct build_work *w, struct build_layers *out)
{
	struct digest name, rules = build_layer_blob_rules(w->job);
	char hex[DIGEST_HEX];

	TRY(complete_lock(w, out));
	build_apps_plan(w->job, &w->root.key, &w->apps);
	name_layers(w, out);
	TRY(name_build(w, &name, out->build_id));
	/* layers audited under other rules are audited again */
	name = build_layer_blob_key("build", &name, digest_hex(&rules, hex));
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
	build_apps_done(&w->apps);
	for (size_t i = 0; i < COUNT(w->settled); i++)
		tree_done(&w->settled[i]);
	tree_done(&w->sites);
	tree_done(&w->later);
	tree_done(&w->unnamed);
	tree_done(&w->configuration);
	build_root_done(&w->root);
	free(TAKE(l->work));
}

const struct layer_request *build_layers_request(const struct build_layers *l, struct digest *ret_key)
{
	*ret_key = l->work->root.image_key;
	return &l->work->root.image;
}

struct err *build_layers_open(struct build_layers *l, const struct layer_set **ret_set,
			      struct tree *ret_whole)
{
	if (!l->work->made)
		TRY(make_all(l->work, l));
	*ret_set = l->work->root.set;
	merge_all(l->work, ret_whole);
	return NULL;
}
