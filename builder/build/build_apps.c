/* SPDX-License-Identifier: MIT */
#include "build/build_apps.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "build/build_lockfiles.h"
#include "service/step_tools.h"

enum kind { PART_ENVIRONMENT, PART_DEPENDENCIES, PART_APP, PART_BENCH };

/* One run of the sandbox: steps, the files they begin with, and which earlier
 * parts they see the results of. */
struct part {
	enum kind kind;
	/* of dependencies: the step's number; parts of one round do not see each other */
	size_t round;
	struct {
		struct service_step *items;
		size_t count, room;
	} steps;
	struct tree seed;
	bool sees[BUILD_APPS_PARTS];
};

struct parts {
	const struct build_context *job;
	struct part items[BUILD_APPS_PARTS];
	size_t count;
	size_t groups; /* of apps with parts of their own; the last group is all further apps */
	bool of[BUILD_APPS_PARTS][BUILD_APPS_PARTS]; /* [group][part]: it was made for that group */
};

/* The last glob that matches decides, and "!" before it says no; "**" matches slashes, too. */
static bool matches(const char *const *globs, const char *path)
{
	bool hit = false;

	for (; globs && *globs; globs++) {
		bool not = **globs == '!';
		const char *glob = *globs + not ;
		if (hit == not &&!fnmatch(glob, path, strstr(glob, "**") ? 0 : FNM_PATHNAME))
			hit = !not ;
	}
	return hit;
}

static void add_folders(const struct build_context *j, const char *path, struct tree *t)
{
	AUTO_FREE char *part = mem_dup(path);

	for (char *slash = strrchr(part, '/'); slash && strlen(part) > strlen("home");
	     slash = strrchr(part, '/')) {
		tree_add(t, &(struct entry){ .path = part,
					     .kind = ENTRY_FOLDER,
					     .mode = 0755,
					     .uid = BUILD_APPS_USER,
					     .gid = BUILD_APPS_USER,
					     .mtime = j->lock.epoch });
		*slash = '\0';
	}
}

/* Files below a folder, those that the globs name or, without globs, all of them; the bench user's. */
static void plant_at(const struct build_context *j, const char *top, const struct tree *files,
		     const char *const *globs, struct tree *seed)
{
	add_folders(j, top, seed);
	for (size_t i = 0; i < files->count; i++) {
		struct entry e = files->items[i];
		if (globs && (e.kind == ENTRY_FOLDER || !matches(globs, e.path)))
			continue;
		AUTO_FREE char *path = mem_printf("%s/%s", top, e.path);
		if (globs) {
			AUTO_FREE char *folder = mem_ndup(path, (size_t)(strrchr(path, '/') - path));
			add_folders(j, folder, seed);
		}
		e.path = path;
		e.uid = e.gid = BUILD_APPS_USER;
		e.mtime = j->lock.epoch;
		tree_add(seed, &e);
	}
}

/* An app's files below apps/. */
static void plant(const struct build_context *j, size_t app, const char *const *globs, struct tree *seed)
{
	const struct app *apps = j->recipe.apps.items;
	AUTO_FREE char *top = mem_printf("%s/apps/%s", service_bench_path(j->services) + 1, apps[app].name);

	plant_at(j, top, &j->sources[app].files, globs, seed);
}

static void plant_overrides(const struct build_context *j, struct tree *seed)
{
	const struct app *overrides = j->recipe.overrides.items;

	for (size_t i = 0; j->overrides && i < j->recipe.overrides.count; i++) {
		AUTO_FREE char *top =
			mem_printf("%s/overrides/%s", service_bench_path(j->services) + 1, overrides[i].name);
		plant_at(j, top, &j->overrides[i].files, NULL, seed);
	}
}

void build_apps_inputs(const struct build_context *j, const struct service_step *step, struct tree *ret)
{
	for (size_t app = 0; app < j->recipe.apps.count; app++)
		plant(j, app, step->inputs, ret);
	tree_sort(ret);
}

/* Whether a step of an app is for it: what it is only with must be in the source,
 * unless it is looked for elsewhere. */
static bool concerns(const struct build_context *j, size_t app, const struct service_step *step)
{
	const struct app *apps = j->recipe.apps.items;
	AUTO_FREE char *top = mem_printf("%s/apps/%s", service_bench_path(j->services), apps[app].name);

	return !step->only_with || strcmp(step->cwd, top) ||
	       tree_find(&j->sources[app].files, step->only_with);
}

static size_t group_of(const struct parts *all, size_t app)
{
	return app < all->groups ? app : all->groups - 1;
}

static struct part *begin(struct parts *all, enum kind kind)
{
	struct part *p = &all->items[all->count++];

	p->kind = kind;
	return p;
}

static void see(const struct parts *all, struct part *p, size_t group)
{
	for (size_t i = 0; i < (size_t)(p - all->items); i++)
		if (all->items[i].kind == PART_ENVIRONMENT ||
		    (all->of[group][i] && all->items[i].kind == PART_DEPENDENCIES &&
		     (p->kind != PART_DEPENDENCIES || all->items[i].round < p->round)))
			p->sees[i] = true;
}

static void add_environment(struct parts *all)
{
	const struct service_step *rows;
	size_t count = service_prepare_steps(all->job->services, &rows);
	struct part *p = count ? begin(all, PART_ENVIRONMENT) : NULL;
	AUTO_FREE char *apps = mem_printf("%s/apps", service_bench_path(all->job->services) + 1);

	if (p)
		add_folders(all->job, apps, &p->seed); /* where its steps are, and no app yet */
	for (size_t i = 0; i < count; i++)
		VEC_PUSH(&p->steps, rows[i]);
}

/* What one step makes of a few files of an app. */
static void add_dependencies(struct parts *all, size_t app, size_t round, const struct service_step *step)
{
	size_t group = group_of(all, app);
	struct part *p = all->count ? &all->items[all->count - 1] : NULL;

	if (!concerns(all->job, app, step))
		return;
	/* Only the last group has several apps, and those come one after another. */
	if (!p || p->kind != PART_DEPENDENCIES || p->round != round || !all->of[group][all->count - 1] ||
	    group == app)
		p = begin(all, PART_DEPENDENCIES);
	p->round = round;
	all->of[group][all->count - 1] = true;
	see(all, p, 0);
	see(all, p, group);
	plant(all->job, app, step->inputs, &p->seed);
	if (step->first_inputs)
		plant(all->job, 0, step->first_inputs, &p->seed);
	if (step->overrides)
		plant_overrides(all->job, &p->seed);
	VEC_PUSH(&p->steps, *step);
}

/* An app's whole source, and what needs all of it. */
static void add_app(struct parts *all, size_t app)
{
	const struct app *apps = all->job->recipe.apps.items;
	size_t group = group_of(all, app);
	struct part *p = group == app ? begin(all, PART_APP) : &all->items[all->count - 1];
	const struct service_step *rows;
	size_t count = service_app_steps(all->job->services, &apps[app], &rows);

	all->of[group][all->count - 1] = true;
	see(all, p, group);
	plant(all->job, app, NULL, &p->seed);
	for (size_t i = 0; i < count; i++)
		if (!rows[i].inputs && concerns(all->job, app, &rows[i]))
			VEC_PUSH(&p->steps, rows[i]);
}

static void add_bench(struct parts *all, bool with_inputs)
{
	const struct service_step *rows;
	size_t count = service_bench_steps(all->job->services, &rows);
	struct part *p = NULL;

	for (size_t i = 0; i < count; i++) {
		if (!rows[i].inputs == with_inputs)
			continue;
		if (!p || with_inputs)
			p = begin(all, PART_BENCH);
		for (size_t k = 0; k + 1 < all->count; k++)
			p->sees[k] = !with_inputs || all->items[k].kind != PART_APP;
		for (size_t app = 0; with_inputs && app < all->job->recipe.apps.count; app++)
			plant(all->job, app, rows[i].inputs, &p->seed);
		VEC_PUSH(&p->steps, rows[i]);
	}
}

/* So many that every part has room, whatever the number of apps. */
static size_t count_groups(const struct build_context *j)
{
	const struct service_step *rows;
	const struct app *apps = j->recipe.apps.items;
	size_t count = service_app_steps(j->services, apps, &rows), each = 1,
	       used = 1 + service_bench_steps(j->services, &rows);

	service_app_steps(j->services, apps, &rows);
	for (size_t i = 0; i < count; i++)
		each += rows[i].inputs != NULL;
	size_t groups = used + each > BUILD_APPS_PARTS ? 1 : (BUILD_APPS_PARTS - used) / each;
	return groups < j->recipe.apps.count ? groups : j->recipe.apps.count;
}

/* By step and then by app, so that each app's results of one step are there for the next. */
static void make_parts(const struct build_context *j, struct parts *all)
{
	const struct app *apps = j->recipe.apps.items;
	const struct service_step *rows;

	*all = (struct parts){ .job = j, .groups = count_groups(j) };
	add_environment(all);
	for (size_t i = 0; i < service_app_steps(j->services, apps, &rows); i++)
		for (size_t app = 0; rows[i].inputs && app < j->recipe.apps.count; app++) {
			const struct service_step *own;
			service_app_steps(j->services, &apps[app], &own);
			add_dependencies(all, app, i, &own[i]);
		}
	for (size_t app = 0; app < j->recipe.apps.count; app++)
		add_app(all, app);
	add_bench(all, true);
	add_bench(all, false);
	for (size_t i = 0; i < all->count; i++)
		tree_sort(&all->items[i].seed);
}

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

/* Of all that a part sees, and of nothing else. */
static struct digest key_of(const struct parts *all, size_t part, const struct digest *keys,
			    const struct digest *below)
{
	const struct part *p = &all->items[part];
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

static void end_parts(struct parts *all)
{
	for (size_t i = 0; i < all->count; i++) {
		free(all->items[i].steps.items);
		tree_done(&all->items[i].seed);
	}
}

void build_apps_plan(const struct build_context *j, const struct digest *packages_key, struct build_apps *ret)
{
	static const char *const names[] = {
		[PART_ENVIRONMENT] = "environment",
		[PART_DEPENDENCIES] = "dependencies",
		[PART_APP] = "apps",
		[PART_BENCH] = "bench",
	};
	struct parts all;
	struct digest root_key = build_lockfiles_key(j, packages_key);

	make_parts(j, &all);
	*ret = (struct build_apps){ .count = all.count };
	for (size_t i = 0; i < ret->count; i++) {
		ret->keys[i] = key_of(&all, i, ret->keys, &root_key);
		ret->names[i] = names[all.items[i].kind];
	}
	end_parts(&all);
}

/* A root of its own: what the part sees of the parts before it, over the packages. */
static struct err *run(struct build_context *j, const struct bind *binds, size_t bind_count,
		       const struct layer_root *packages, const struct part *p, const struct layer_root *made,
		       const struct digest *key, struct layer_root *ret_made, struct layer_delta *ret)
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
		.uid = BUILD_APPS_USER,
		.gid = BUILD_APPS_USER,
		.binds = binds,
		.bind_count = bind_count,
		.epoch = j->lock.epoch,
	};

	layer_root_over(&root, packages);
	for (size_t i = 0; i < BUILD_APPS_PARTS; i++)
		if (p->sees[i])
			layer_root_over(&root, &made[i]);
	struct err *e = layer_steps(&request, &root, ret);
	if (!e)
		layer_root_top(&root, ret_made);
	layer_root_done(&root);
	return e;
}

struct err *build_apps(struct build_context *j, const struct layer_root *root, struct build_apps *a)
{
	struct parts all;
	struct build_binds binds;
	struct err *e = build_lockfiles_lay(j, &binds);

	TRY(e);
	make_parts(j, &all);
	for (size_t i = 0; !e && i < a->count; i++) {
		progress_stage(j->progress, a->names[i], all.items[i].steps.count, "steps");
		e = run(j, binds.items, binds.count, root, &all.items[i], a->made, &a->keys[i], &a->made[i],
			&a->parts[i]);
		if (!e)
			progress_done(j->progress, a->parts[i].cached ? "cached" : NULL);
	}
	build_lockfiles_unlay(&binds);
	end_parts(&all);
	return e;
}

void build_apps_done(struct build_apps *a)
{
	for (size_t i = 0; i < a->count; i++) {
		layer_delta_done(&a->parts[i]);
		layer_root_done(&a->made[i]);
	}
}
