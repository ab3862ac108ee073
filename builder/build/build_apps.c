/* SPDX-License-Identifier: MIT */
#include "build/build_apps.h"

#include "base/mem.h"
#include "build/build_lockfiles.h"
#include "service/step_tools.h"

static void feed_words(struct digest_run *run, const char *const *words)
{
	for (; words && *words; words++)
		digest_feed_word(run, *words);
	digest_feed_word(run, "");
}

static void feed_tools(struct digest_run *run, const struct build_context *j, const char *const *argv)
{
	const struct service_tool *tools;
	size_t count = service_tools(j->services, &tools);
	AUTO_FREE bool *used = mem_array(count, sizeof *used);

	step_tools_used(tools, count, argv, used);
	for (size_t i = 0; i < count; i++)
		if (used[i])
			digest_feed_word(run, tools[i].bytes);
}

/* The key of everything that a part sees, and of nothing else. */
static struct digest key_of(const struct build_parts *all, size_t part, const struct digest *keys,
			    const struct digest *below)
{
	const struct build_part *p = &all->items[part];
	struct digest_run *run = digest_start();
	struct digest seed = tree_digest(&p->seed);

	digest_feed_word(run, "apps 5");
	digest_feed(run, below->bytes, sizeof below->bytes);
	for (size_t i = 0; i < part; i++)
		if (p->sees[i])
			digest_feed(run, keys[i].bytes, sizeof keys[i].bytes);
	digest_feed(run, seed.bytes, sizeof seed.bytes);
	for (size_t i = 0; i < p->steps.count; i++) {
		const struct service_step *s = &p->steps.items[i];
		feed_words(run, s->argv);
		feed_words(run, s->env);
		feed_words(run,
			   (const char *const[]){ s->cwd, s->only_with ? s->only_with : "",
						  s->as_root ? "root" : "user", s->network ? "network" : "",
						  s->cache ? s->cache : "", NULL });
		if (s->hosts)
			feed_words(run, s->hosts);
		feed_tools(run, all->job, s->argv);
	}
	return digest_finish(run);
}

void build_apps_plan(const struct build_context *j, const struct digest *packages_key, struct build_apps *ret)
{
	static const char *const names[] = {
		[PART_ENVIRONMENT] = "environment",
		[PART_DEPENDENCIES] = "dependencies",
		[PART_APP] = "apps",
		[PART_BENCH] = "bench",
	};
	struct build_parts all;
	struct digest root_key = build_lockfiles_key(j, packages_key);

	build_parts_make(j, &all);
	*ret = (struct build_apps){ .count = all.count };
	for (size_t i = 0; i < ret->count; i++) {
		ret->keys[i] = key_of(&all, i, ret->keys, &root_key);
		ret->names[i] = names[all.items[i].kind];
	}
	build_parts_done(&all);
}

/* Runs a part in a root of its own: the earlier parts that it sees, over the packages. */
static struct err *run(struct build_context *j, const struct bind *binds, size_t bind_count,
		       const struct layer_root *packages, const struct build_part *p,
		       const struct layer_root *made, const struct digest *key, struct layer_root *ret_made,
		       struct layer_delta *ret)
{
	struct layer_root root = { 0 };
	struct layer_steps request = {
		.store = j->store,
		.progress = j->progress,
		.key = *key,
		.root_key = *key,
		.seed = &p->seed,
		.steps = p->steps.items,
		.step_count = p->steps.count,
		.uid = BUILD_PARTS_USER,
		.gid = BUILD_PARTS_USER,
		.binds = binds,
		.bind_count = bind_count,
		.epoch = j->lock.epoch,
	};

	layer_root_over(&root, packages);
	for (size_t i = 0; i < BUILD_PARTS_MAX; i++)
		if (p->sees[i])
			layer_root_over(&root, &made[i]);
	struct err *e = layer_steps(&request, &root, ret);
	if (!e)
		layer_root_top(&root, ret_made);
	layer_root_done(&root);
	return e;
}

struct err *build_apps(struct build_context *j, const struct layer_root *root, struct build_apps *a,
		       void (*made)(void *arg, const struct build_parts *all, size_t part), void *arg)
{
	struct build_parts all;
	struct build_binds binds;
	struct err *e = build_lockfiles_lay(j, &binds);

	TRY(e);
	build_parts_make(j, &all);
	for (size_t i = 0; i < a->count; i++) {
		progress_stage(j->progress, a->names[i], all.items[i].steps.count, "steps");
		e = run(j, binds.items, binds.count, root, &all.items[i], a->made, &a->keys[i], &a->made[i],
			&a->parts[i]);
		if (e)
			break;
		progress_done(j->progress, a->parts[i].cached ? "cached" : NULL);
		made(arg, &all, i);
	}
	build_lockfiles_unlay(&binds);
	build_parts_done(&all);
	return e;
}

void build_apps_done(struct build_apps *a)
{
	for (size_t i = 0; i < a->count; i++) {
		layer_delta_done(&a->parts[i]);
		layer_root_done(&a->made[i]);
	}
}
