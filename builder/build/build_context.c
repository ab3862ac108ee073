/* SPDX-License-Identifier: MIT */
#include "build/build_context.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "build/app_packages.h"
#include "build/app_runtime.h"
#include "build/build_programs.h"
#include "build/build_runtime.h"
#include "fetch/archive.h"
#include "recipe/runtime.h"

#define TEXT_LIMIT (1u << 20)

struct err *build_context_open(struct build_context *j, const char *recipe_path, enum progress_style style)
{
	j->recipe_path = recipe_path;
	j->progress = progress_new(style);
	j->lock_path = lock_path(recipe_path);
	return store_open(NULL, &j->store);
}

/* Whoever asks for packages, in layer order: what the recipe wants is in the image, and
 * comes before what only builds. */
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

/* Debian has this one no longer, and frameworks still name it. */
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

/* The same with the packages of interpreters that the recipe names by their version. */
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

static struct digest asked_of(const struct build_context *j)
{
	AUTO_FREE struct plan_root *roots = NULL;
	size_t count = roots_of(j, &(struct declared){ 0 }, &roots);
	AUTO_FREE const char **names = mem_array(count, sizeof *names);

	for (size_t i = 0; i < count; i++)
		names[i] = roots[i].name;
	return lock_asked(&j->recipe, names, count);
}

/* NAME: only that moves. */
static struct err *choose_from(struct build_context *j, const struct declared *declared, const char *name)
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
	struct lock fresh = { 0 }, *chosen = name ? &fresh : &j->lock;
	if (!e)
		e = roots_with_runtime(j, index.index, declared, &roots, &count);
	if (!e)
		e = plan_choose(index.index, roots, count, j->recipe.base.recommends, names, chosen);
	if (!e && name)
		e = plan_update(index.index, &fresh, name, &j->lock);
	j->lock.epoch = index.epoch;
	lock_done(&fresh);
	archive_index_done(&index);
	archive_sources_done(&sources);
	return e;
}

static struct lock_app *pin_of(struct lock *l, const char *name)
{
	for (size_t i = 0; i < l->app_count; i++)
		if (!strcmp(l->apps[i].name, name))
			return &l->apps[i];
	return NULL;
}

/* A folder beside the recipe is work in progress: it is built as it stands and never pinned. */
static void pin_apps(struct build_context *j)
{
	const struct app *apps = j->recipe.apps.items;
	char hex[DIGEST_HEX];

	j->lock.apps = arena_new(&j->lock.arena, j->recipe.apps.count * sizeof *j->lock.apps);
	for (size_t i = 0; i < j->recipe.apps.count; i++) {
		const struct app_source *src = &j->sources[i];
		if (apps[i].path)
			continue;
		AUTO_FREE char *tree = mem_printf("sha256:%s", digest_hex(&src->digest, hex));
		const char **modules = arena_new(&j->lock.arena, src->modules.count * sizeof *modules);
		for (size_t k = 0; k < src->modules.count; k++)
			modules[k] = arena_dup(&j->lock.arena, src->modules.items[k],
					       strlen(src->modules.items[k]));
		j->lock.apps[j->lock.app_count++] = (struct lock_app){
			.name = arena_dup(&j->lock.arena, apps[i].name, strlen(apps[i].name)),
			.commit = src->commit ? arena_dup(&j->lock.arena, src->commit, strlen(src->commit)) :
						NULL,
			.modules = { modules, src->modules.count },
			.tree = arena_dup(&j->lock.arena, tree, strlen(tree)),
		};
	}
}

/* A package of a scope has a slash in its name, which no folder has. */
static struct err *get_override(struct build_context *j, const struct app *override, struct app_source *ret)
{
	AUTO_FREE char *name = mem_dup(override->name);
	struct app own = *override;

	for (char *c = name; (c = strchr(c, '/'));)
		*c = '-';
	own.name = name;
	return source_get(j->store, &j->recipe, &own, NULL, j->progress, ret);
}

static struct err *get_sources(struct build_context *j)
{
	const struct app *apps = j->recipe.apps.items;
	size_t count = j->recipe.apps.count;

	if (j->sources)
		return NULL;
	const struct app *overrides = j->recipe.overrides.items;
	j->sources = mem_array(count, sizeof *j->sources);
	j->overrides = mem_array(j->recipe.overrides.count, sizeof *j->overrides);
	progress_stage(j->progress, "sources", count, "apps");
	for (size_t i = 0; i < j->recipe.overrides.count; i++)
		TRY(get_override(j, &overrides[i], &j->overrides[i]));
	for (size_t i = 0; i < count; i++) {
		TRY(source_get(j->store, &j->recipe, &apps[i], pin_of(&j->lock, apps[i].name), j->progress,
			       &j->sources[i]));
		progress_add(j->progress, 1);
	}
	TRY(build_runtime_sources(j));
	progress_done(j->progress, NULL);
	return app_needs(j);
}

static struct err *choose_packages(struct build_context *j, const char *name)
{
	struct declared declared;
	struct err *e = app_packages(j, &declared);

	if (!e)
		e = choose_from(j, &declared, name);
	free(declared.items);
	return e;
}

/* Sources first: apps declare packages, too. */
struct err *build_context_lock_choose(struct build_context *j)
{
	TRY(get_sources(j));
	TRY(choose_packages(j, NULL));
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
	TRY(lock_write(j->lock_path, &j->lock));
	if (!service_pin_steps(j->services, &steps)) /* else it is written once more, when it is whole */
		progress_note(j->progress, "wrote %s", j->lock_path);
	return NULL;
}

static bool has_package(const struct lock *l, const char *name)
{
	for (size_t i = 0; i < l->package_count; i++)
		if (!strcmp(l->packages[i].name, name))
			return true;
	return false;
}

/* Apps declare packages; what the lock has of them need not be what one declares now. */
static struct err *check_declared(struct build_context *j)
{
	struct declared declared;
	struct err *e = app_packages(j, &declared);

	for (size_t i = 0; !e && i < declared.count; i++)
		if (!has_package(&j->lock, declared.items[i].name))
			e = err_new(
				ERR_RECIPE,
				"an app declares the package %s now: run 'mkbench lock %s' to resolve again",
				declared.items[i].name, j->recipe_path);
	free(declared.items);
	return e;
}

struct err *build_context_lock_update(struct build_context *j, const char *name)
{
	struct lock_app *app = pin_of(&j->lock, name);

	if (!app && !has_package(&j->lock, name))
		return err_new(ERR_USAGE,
			       "%s has no app and no package '%s' (an app's folder is taken as it stands)",
			       j->lock_path, name);
	if (app)
		app->name = ""; /* nothing pins it */
	TRY(get_sources(j));
	TRY(app ? check_declared(j) : choose_packages(j, name));
	TRY(app_runtime(j));
	j->lock.app_count = 0;
	pin_apps(j);
	plan_done(&j->plan);
	plan_make(&j->recipe, &j->lock, &j->plan);
	return lock_write(j->lock_path, &j->lock);
}

static bool has_disk(const struct lock *l)
{
	for (size_t i = 0; i < l->package_count; i++)
		if (l->packages[i].group == GROUP_DISK)
			return true;
	return false;
}

/* Outputs are the one change that a person does not expect to be one of packages. */
static const char *what_changed(const struct build_context *j)
{
	bool wanted = recipe_wants_disk(&j->recipe);

	if (wanted == has_disk(&j->lock))
		return "is out of date (the suite, archives, packages, framework or apps changed)";
	return wanted ? "was made without the packages of a disk, which 'outputs' wants now" :
			"was made with the packages of a disk, which 'outputs' no longer wants";
}

struct err *build_context_lock_read(struct build_context *j, bool *ret_found)
{
	struct digest asked = asked_of(j);

	TRY(lock_read(j->lock_path, &j->lock, ret_found));
	if (!*ret_found)
		return NULL;
	if (!digest_equal(&asked, &j->lock.asked))
		return err_new(ERR_RECIPE, "%s %s: run 'mkbench lock %s' to resolve again", j->lock_path,
			       what_changed(j), j->recipe_path);
	plan_make(&j->recipe, &j->lock, &j->plan);
	return NULL;
}

struct err *build_context_sources(struct build_context *j)
{
	TRY(get_sources(j));
	TRY(app_packages_check(j));
	return app_runtime(j);
}

void build_context_close(struct build_context *j)
{
	for (size_t i = 0; j->sources && i < j->recipe.apps.count; i++)
		source_done(&j->sources[i]);
	for (size_t i = 0; j->overrides && i < j->recipe.overrides.count; i++)
		source_done(&j->overrides[i]);
	free(j->sources);
	free(j->overrides);
	build_runtime_forget(j);
	plan_done(&j->plan);
	lock_done(&j->lock);
	free(j->lock_path);
	if (j->store)
		store_close(j->store);
	if (j->services)
		service_free(j->services);
	recipe_done(&j->recipe);
	progress_free(j->progress);
}

struct err *build_context_text(const struct build_context *j, size_t app, const char *file, char **ret)
{
	const struct app *a = &((const struct app *)j->recipe.apps.items)[app];
	const struct entry *e = tree_find(&j->sources[app].files, file);
	AUTO_FREE char *bytes = NULL;
	size_t len;

	*ret = NULL;
	if (!e || e->kind != ENTRY_FILE || e->content.kind != CONTENT_DISK)
		return NULL;
	TRY_AS(file_read(e->content.path, TEXT_LIMIT, &bytes, &len), "app %s", a->name);
	/* A layer kept under the app's digest may be used without the folder being read
	 * again, so nobody else would see it. */
	struct digest found = digest_of(bytes, len);
	if (!digest_equal(&found, &e->sha256))
		return err_new(ERR_BUILD, "%s changed during the build: run again when nothing is editing it",
			       e->content.path);
	if (!utf8_from_file(&bytes, &len))
		return err_new(ERR_RECIPE, "%s: %s is not a text: save it as UTF-8", a->name, file);
	*ret = TAKE(bytes);
	return NULL;
}
