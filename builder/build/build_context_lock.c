/* SPDX-License-Identifier: MIT */
/* Resolves a recipe: makes its lock, or moves single apps and packages in it. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "build/app_packages.h"
#include "build/app_runtime.h"
#include "build/build_context.h"
#include "build/build_own_lock.h"
#include "build/build_programs.h"
#include "build/build_runtime.h"
#include "build/build_stale_lock.h"
#include "fetch/archive.h"
#include "recipe/lock_change.h"
#include "recipe/runtime.h"

/* All requests for packages, in layer order: the recipe's own are in the image and come before those for
 * building. */
static size_t roots_of(const struct build_context *j, const struct declared *declared, struct plan_root **ret)
{
	const struct service_package *packages;
	size_t count = service_packages(j->services, &packages), n = 0;
	const char *const *more = j->recipe.base.packages.items, *const *tools =
									 j->recipe.base.build_packages.items;
	size_t most = count + j->recipe.base.packages.count + j->recipe.base.build_packages.count +
		      declared->count + RUNTIME_COUNT;
	struct plan_root *roots = mem_array(most, sizeof *roots);

	for (int group = 0; group < GROUP_COUNT; group++) {
		for (size_t i = 0; group == GROUP_BUILD && i < j->recipe.base.packages.count; i++)
			roots[n++] = (struct plan_root){ more[i], GROUP_RUNTIME };
		for (size_t i = 0; group == GROUP_BUILD && i < declared->count; i++)
			roots[n++] = (struct plan_root){ declared->items[i].name, GROUP_RUNTIME };
		for (size_t i = 0; i < count; i++)
			if (packages[i].group == group &&
			    !build_runtime_replaces(&j->recipe, packages[i].name, group))
				roots[n++] = (struct plan_root){ packages[i].name, group };
		for (size_t i = 0; group == GROUP_BUILD && i < j->recipe.base.build_packages.count; i++)
			roots[n++] = (struct plan_root){ tools[i], GROUP_BUILD };
	}
	*ret = roots;
	return n;
}

/* Debian no longer has this package, and frameworks still name it. */
static struct err *check_pdf(const struct recipe *r, const struct index *ix)
{
	if (r->pdf != PDF_WKHTMLTOPDF || index_find(ix, "wkhtmltopdf"))
		return NULL;
	struct mark at = node_mark(r->root, "pdf");
	return err_new(ERR_RECIPE,
		       "%s:%u:%u: no archive of the recipe has wkhtmltopdf (%s has none, bookworm does): "
		       "write 'chromium' if the framework can use it, another 'suite', or an apt archive "
		       "with that package in base.archives",
		       r->path, at.line, at.column, r->base.suite);
}

/* The same, with the packages of interpreters that the recipe requests by version. */
static struct err *roots_with_runtime(struct build_context *j, const struct index *ix,
				      const struct declared *declared, struct plan_root **ret,
				      size_t *ret_count)
{
	struct plan_root *roots;
	size_t count = roots_of(j, declared, &roots), at = 0;

	while (at < count && roots[at].group <= GROUP_RUNTIME)
		at++;
	*ret = roots;
	const char *package;
	TRY(check_pdf(&j->recipe, ix));
	TRY(build_runtime_package(j, ix, &package));
	if (package) {
		memmove(&roots[at + 1], &roots[at], (count - at) * sizeof *roots);
		roots[at] = (struct plan_root){ package, GROUP_RUNTIME };
		count++;
	}
	*ret_count = count;
	return NULL;
}

/* Packages that are requested whatever the apps declare; the caller's to free. */
static const char **wanted(const struct build_context *j, size_t *ret_count)
{
	AUTO_FREE struct plan_root *roots = NULL;
	size_t count = roots_of(j, &(struct declared){ 0 }, &roots);
	const char **names = mem_array(count, sizeof *names);

	for (size_t i = 0; i < count; i++)
		names[i] = roots[i].name;
	*ret_count = count;
	return names;
}

static struct digest asked_of(const struct build_context *j)
{
	size_t count;
	AUTO_FREE const char **names = wanted(j, &count);

	return lock_asked(&j->recipe, names, count);
}

struct names {
	const char **items;
	size_t count, room;
};

/* only: nothing else moves; NULL: everything is chosen again. */
static struct err *choose_from(struct build_context *j, const struct declared *declared,
			       const struct names *only)
{
	struct sources sources = { 0 };
	struct archive_index index = { 0 };
	AUTO_FREE struct plan_root *roots = NULL;
	size_t count = 0;

	TRY(archive_sources(&j->recipe, j->store, j->progress, &sources));
	struct err *e = archive_refresh(j->store, &sources, j->recipe.base.architecture, j->progress, &index);
	AUTO_FREE const char **names = mem_array(sources.count, sizeof *names);
	for (size_t i = 0; i < sources.count; i++)
		names[i] = sources.items[i].name;
	struct lock fresh = { 0 }, *chosen = only ? &fresh : &j->lock;
	if (!e)
		e = roots_with_runtime(j, index.index, declared, &roots, &count);
	if (!e)
		e = plan_choose(index.index, roots, count, j->recipe.base.recommends, names, chosen);
	if (!e && only)
		e = plan_update(index.index, &fresh, only->items, only->count, &j->lock);
	j->lock.epoch = index.epoch;
	lock_done(&fresh);
	archive_index_done(&index);
	archive_sources_done(&sources);
	return e;
}

static const char *keep(struct build_context *j, const char *text)
{
	return text ? arena_dup(&j->lock.arena, text, strlen(text)) : NULL;
}

/* A folder beside the recipe is work in progress: it is built as it is and never pinned. */
static void pin_apps(struct build_context *j)
{
	const struct app *apps = j->recipe.apps.items;
	char hex[DIGEST_HEX];

	const char **order = arena_new(&j->lock.arena, j->recipe.apps.count * sizeof *order);
	j->lock.apps = arena_new(&j->lock.arena, j->recipe.apps.count * sizeof *j->lock.apps);
	j->lock.app_count = 0;
	j->lock.order = (struct list){ order, j->recipe.apps.count };
	for (size_t i = 0; i < j->recipe.apps.count; i++) {
		const struct app_source *src = &j->sources[i];
		order[i] = keep(j, apps[i].name);
		if (apps[i].path)
			continue;
		AUTO_FREE char *tree = mem_printf("sha256:%s", digest_hex(&src->digest, hex));
		const char **modules = arena_new(&j->lock.arena, src->modules.count * sizeof *modules);
		for (size_t k = 0; k < src->modules.count; k++)
			modules[k] = keep(j, src->modules.items[k]);
		j->lock.apps[j->lock.app_count++] = (struct lock_app){
			.name = order[i],
			.git = keep(j, apps[i].git),
			.ref = keep(j, apps[i].ref),
			.sha256 = keep(j, apps[i].sha256),
			.submodules = apps[i].submodules,
			.commit = keep(j, src->commit),
			.modules = { modules, src->modules.count },
			.tree = keep(j, tree),
		};
	}
}

static bool has_package(const struct lock *l, const char *name)
{
	for (size_t i = 0; i < l->package_count; i++)
		if (!strcmp(l->packages[i].name, name))
			return true;
	return false;
}

static struct err *choose_packages(struct build_context *j)
{
	struct declared declared;
	struct err *e = app_packages(j, &declared);

	if (!e)
		e = choose_from(j, &declared, NULL);
	free(declared.items);
	return e;
}

/* Moves only these packages, and adds those that apps declare now and the lock lacks. */
static struct err *move_packages(struct build_context *j, struct names *names)
{
	struct declared declared;
	struct err *e = app_packages(j, &declared);

	for (size_t i = 0; !e && i < declared.count; i++)
		if (!has_package(&j->lock, declared.items[i].name))
			VEC_PUSH(names, declared.items[i].name);
	if (!e && names->count)
		e = choose_from(j, &declared, names);
	free(declared.items);
	return e;
}

/* Fetches sources first, because apps declare packages, too. */
struct err *build_context_lock_choose(struct build_context *j)
{
	TRY(build_context_fetch(j));
	TRY(choose_packages(j));
	j->lock.asked = asked_of(j);
	TRY(app_runtime(j));
	pin_apps(j);
	build_runtime_pin(j);
	TRY(build_programs_pin(j));
	plan_make(&j->recipe, &j->lock, &j->plan);
	return NULL;
}

struct err *build_context_lock_make(struct build_context *j)
{
	const struct service_step *steps;

	TRY(build_context_lock_choose(j));
	TRY(build_own_lock_write(j));
	if (!service_pin_steps(j->services, &steps)) /* else it is written again once it is complete */
		progress_note(j->progress, "wrote %s", j->lock_path);
	return NULL;
}

/* Whether the lock matches the recipe except for those changes, which are the caller's to free. */
static struct err *compare(const struct build_context *j, struct lock_change_set *ret)
{
	size_t count;
	AUTO_FREE const char **names = wanted(j, &count);
	struct digest asked = lock_asked(&j->recipe, names, count);

	*ret = (struct lock_change_set){ 0 };
	if (digest_equal(&asked, &j->lock.asked) || lock_change_list(&j->lock, &j->recipe, names, count, ret))
		return NULL;
	return build_stale_lock(j);
}

static struct err *check(const struct build_context *j)
{
	struct lock_change_set changes;
	struct err *e = compare(j, &changes);

	if (!e && changes.count)
		e = build_stale_lock_apps(j, &changes);
	free(changes.items);
	return e;
}

struct err *build_context_lock_read(struct build_context *j, bool *ret_found)
{
	TRY(lock_read(j->lock_path, &j->lock, ret_found));
	if (!*ret_found)
		return NULL;
	j->own_lock = build_own_lock_is(j);
	struct err *e = check(j);
	if (e && j->own_lock) {
		err_free(e);
		progress_note(
			j->progress,
			"%s is from a build that did not end well, and the recipe has changed since: it "
			"is not used",
			j->lock_path);
		lock_done(&j->lock);
		*ret_found = false;
		return NULL;
	}
	TRY(e);
	plan_make(&j->recipe, &j->lock, &j->plan);
	return NULL;
}

static bool is_path(const struct build_context *j, const char *name)
{
	const struct app *apps = j->recipe.apps.items;

	for (size_t i = 0; i < j->recipe.apps.count; i++)
		if (!strcmp(apps[i].name, name))
			return apps[i].path;
	return false;
}

/* Resolves NAME: an app, which is then no longer pinned, or a package, which is added to packages. */
static struct err *release(struct build_context *j, const struct lock_change_set *changes, const char *name,
			   struct names *packages)
{
	struct lock_app *app = lock_app_find(&j->lock, name);
	bool changed = lock_change_find(changes, name);

	if (app && (changed || !is_path(j, name)))
		app->name = "";
	else if (!app && !changed && has_package(&j->lock, name))
		VEC_PUSH(packages, name);
	else if (!changed)
		return err_new(ERR_USAGE,
			       "%s has no app or package '%s' (an app from a folder is not locked)",
			       j->lock_path, name);
	return NULL;
}

/* Requires every changed app to be among names: the lock entry of an unnamed one would be out of date. */
static struct err *release_all(struct build_context *j, const char *const *names, size_t count,
			       struct names *packages)
{
	struct lock_change_set changes;
	struct err *e = compare(j, &changes);
	size_t named = 0;

	for (size_t i = 0; i < changes.count; i++)
		for (size_t k = 0; k < count; k++)
			if (!strcmp(changes.items[i].name, names[k])) {
				named++;
				break;
			}
	if (!e && named < changes.count)
		e = build_stale_lock_apps(j, &changes);
	for (size_t i = 0; !e && i < count; i++)
		e = release(j, &changes, names[i], packages);
	free(changes.items);
	return e;
}

/* Writes a lock some of whose packages have moved. */
static struct err *settle(struct build_context *j)
{
	TRY(app_runtime(j));
	pin_apps(j);
	j->lock.asked = asked_of(j);
	plan_done(&j->plan);
	plan_make(&j->recipe, &j->lock, &j->plan);
	return build_own_lock_write(j);
}

static struct err *update(struct build_context *j, const char *const *names, size_t count,
			  struct names *packages)
{
	TRY(release_all(j, names, count, packages));
	TRY(build_context_fetch(j));
	TRY(move_packages(j, packages));
	return settle(j);
}

struct err *build_context_lock_add(struct build_context *j)
{
	struct names packages = { 0 };

	TRY(build_context_fetch(j));
	struct err *e = move_packages(j, &packages);
	if (!e && packages.count)
		e = settle(j);
	free(packages.items);
	return e;
}

struct err *build_context_lock_update(struct build_context *j, const char *const *names, size_t count)
{
	struct names packages = { 0 };
	bool found;

	TRY(lock_read(j->lock_path, &j->lock, &found));
	if (!found)
		return err_new(ERR_USAGE, "there is no %s yet: 'mkbench lock %s' makes it", j->lock_path,
			       j->recipe_path);
	struct err *e = update(j, names, count, &packages);
	free(packages.items);
	return e;
}
