/* SPDX-License-Identifier: MIT */
#include "build/build_sites.h"

#include "base/mem.h"

#define DUMP "usr/bin/mariadb-dump"
#define PROGRAM "usr/lib/mkbench/prebake"

struct digest build_sites_key(const struct digest *packages, const struct build_apps *apps, const struct digest *configuration)
{
	struct digest_run *run = digest_start();

	digest_feed_word(run, "sites 1");
	digest_feed(run, packages->bytes, sizeof packages->bytes);
	for (size_t i = 0; i < apps->count; i++)
		digest_feed(run, apps->keys[i].bytes, sizeof apps->keys[i].bytes);
	digest_feed(run, configuration->bytes, sizeof configuration->bytes);
	return digest_finish(run);
}

/* The configuration, our program under the name by which it knows its task, and the one that dumps databases, which an image need not have. */
static void make_seed(const struct build_sites_request *r, struct tree *ret)
{
	struct tree own = { 0 };
	const struct tree *both[] = { r->configuration, &own };
	const struct entry *dump = r->tools ? tree_find(r->tools, DUMP) : NULL;

	tree_add(&own, &(struct entry){ .path = PROGRAM, .kind = ENTRY_SYMLINK, .mode = 0777, .link = "init" });
	if (dump)
		tree_add(&own, dump);
	tree_sort(&own);
	tree_merge(both, COUNT(both), ret);
	tree_done(&own);
}

static void keep(const struct tree *made, struct tree *ret)
{
	for (size_t i = 0; i < made->count; i++)
		if (tree_within(made->items[i].path, BUILD_SITES_FOLDER))
			tree_add(ret, &made->items[i]);
	tree_sort(ret);
	tree_date(ret);
}

struct err *build_sites(struct build_context *j, const struct build_sites_request *r, struct tree *ret)
{
	static const char *const argv[] = { "/" PROGRAM, NULL };
	const struct service_step step = { .name = "prebake", .argv = argv, .as_root = true };
	struct layer_root root = { 0 };
	struct layer_delta delta = { 0 };
	struct tree seed = { 0 };

	progress_stage(j->progress, "sites", 1, "steps");
	layer_root_over(&root, r->packages);
	for (size_t i = 0; i < r->apps->count; i++)
		layer_root_over(&root, &r->apps->made[i]);
	make_seed(r, &seed);
	struct layer_steps request = {
		.store = j->store, .progress = j->progress, .key = r->key, .root_key = r->key, .seed = &seed, .steps = &step, .step_count = 1,
		.epoch = j->lock.epoch,
	};
	struct err *e = layer_steps(&request, &root, &delta);
	if (!e)
		progress_done(j->progress, delta.cached ? "cached" : NULL);
	if (!e)
		keep(&delta.tree, ret);
	layer_delta_done(&delta);
	tree_done(&seed);
	layer_root_done(&root);
	return e;
}
