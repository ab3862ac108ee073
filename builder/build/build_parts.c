/* SPDX-License-Identifier: MIT */
#include "build/build_parts.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The last matching glob decides; "!" before it excludes. "**" matches slashes, too. */
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
					     .uid = BUILD_PARTS_USER,
					     .gid = BUILD_PARTS_USER,
					     .mtime = j->lock.epoch });
		*slash = '\0';
	}
}

/* Adds the files of a tree below a folder, owned by the bench user: those that match the globs, or all. */
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
		e.uid = e.gid = BUILD_PARTS_USER;
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

void build_parts_inputs(const struct build_context *j, const struct service_step *step, struct tree *ret)
{
	for (size_t app = 0; app < j->recipe.apps.count; app++)
		plant(j, app, step->inputs, ret);
	tree_sort(ret);
}

/* Whether a step is for this app: the file in its only_with must be in the source, unless it is looked for
 * elsewhere. */
static bool concerns(const struct build_context *j, size_t app, const struct service_step *step)
{
	const struct app *apps = j->recipe.apps.items;
	AUTO_FREE char *top = mem_printf("%s/apps/%s", service_bench_path(j->services), apps[app].name);

	return !step->only_with || strcmp(step->cwd, top) ||
	       tree_find(&j->sources[app].files, step->only_with);
}

static size_t group_of(const struct build_parts *all, size_t app)
{
	return app < all->groups ? app : all->groups - 1;
}

static struct build_part *begin(struct build_parts *all, enum build_parts_kind kind)
{
	struct build_part *p = &all->items[all->count++];

	p->kind = kind;
	return p;
}

static void see(const struct build_parts *all, struct build_part *p, size_t group)
{
	for (size_t i = 0; i < (size_t)(p - all->items); i++)
		if ((all->items[i].kind == PART_ENVIRONMENT && !p->beside_environment) ||
		    (all->of[group][i] && all->items[i].kind == PART_DEPENDENCIES &&
		     (p->kind != PART_DEPENDENCIES || all->items[i].round < p->round)))
			p->sees[i] = true;
}

static void add_environment(struct build_parts *all)
{
	const struct service_step *rows;
	size_t count = service_prepare_steps(all->job->services, &rows);
	struct build_part *p = count ? begin(all, PART_ENVIRONMENT) : NULL;
	AUTO_FREE char *apps = mem_printf("%s/apps", service_bench_path(all->job->services) + 1);

	if (p)
		add_folders(all->job, apps, &p->seed); /* the folder of its steps, still without an app */
	for (size_t i = 0; i < count; i++)
		VEC_PUSH(&p->steps, rows[i]);
}

/* Adds the part in which one step uses a few files of an app. */
static void add_dependencies(struct build_parts *all, size_t app, size_t round,
			     const struct service_step *step)
{
	size_t group = group_of(all, app);
	struct build_part *p = all->count ? &all->items[all->count - 1] : NULL;

	if (!concerns(all->job, app, step))
		return;
	/* Only the last group has several apps; they come one after another. */
	if (!p || p->kind != PART_DEPENDENCIES || p->round != round || !all->of[group][all->count - 1] ||
	    group == app)
		p = begin(all, PART_DEPENDENCIES);
	p->round = round;
	p->beside_environment = step->beside_prepare;
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

/* Adds the part with an app's whole source and the steps that need it. */
static void add_app(struct build_parts *all, size_t app)
{
	const struct app *apps = all->job->recipe.apps.items;
	size_t group = group_of(all, app);
	struct build_part *p = group == app ? begin(all, PART_APP) : &all->items[all->count - 1];
	const struct service_step *rows;
	size_t count = service_app_steps(all->job->services, &apps[app], &rows);

	all->of[group][all->count - 1] = true;
	see(all, p, group);
	plant(all->job, app, NULL, &p->seed);
	for (size_t i = 0; i < count; i++)
		if (!rows[i].inputs && concerns(all->job, app, &rows[i]))
			VEC_PUSH(&p->steps, rows[i]);
}

static void add_bench(struct build_parts *all, bool with_inputs)
{
	const struct service_step *rows;
	size_t count = service_bench_steps(all->job->services, &rows);
	struct build_part *p = NULL;

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

/* As many groups as fit, whatever the number of apps. */
static size_t count_groups(const struct build_context *j)
{
	const struct service_step *rows;
	const struct app *apps = j->recipe.apps.items;
	size_t count = service_app_steps(j->services, apps, &rows), each = 1,
	       used = 1 + service_bench_steps(j->services, &rows);

	service_app_steps(j->services, apps, &rows);
	for (size_t i = 0; i < count; i++)
		each += rows[i].inputs != NULL;
	size_t groups = used + each > BUILD_PARTS_MAX ? 1 : (BUILD_PARTS_MAX - used) / each;
	return groups < j->recipe.apps.count ? groups : j->recipe.apps.count;
}

/* Ordered by step and then by app, so that each app's results of one step are there for the next. */
void build_parts_make(const struct build_context *j, struct build_parts *all)
{
	const struct app *apps = j->recipe.apps.items;
	const struct service_step *rows;

	*all = (struct build_parts){ .job = j, .groups = count_groups(j) };
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

void build_parts_done(struct build_parts *all)
{
	for (size_t i = 0; i < all->count; i++) {
		free(all->items[i].steps.items);
		tree_done(&all->items[i].seed);
	}
}
