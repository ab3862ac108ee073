/* SPDX-License-Identifier: MIT */
#include "build/build_context.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "build/app_packages.h"
#include "build/app_runtime.h"
#include "build/build_runtime.h"

#define TEXT_LIMIT (1u << 20)

struct err *build_context_open(struct build_context *j, const char *recipe_path, enum progress_style style)
{
	j->recipe_path = recipe_path;
	j->progress = progress_new(style);
	j->lock_path = lock_path(recipe_path);
	return store_open(NULL, &j->store);
}

/* A scoped package has a slash in its name, which a folder's name cannot have. */
static struct err *get_override(struct build_context *j, const struct app *override, struct app_source *ret)
{
	AUTO_FREE char *name = mem_dup(override->name);
	struct app own = *override;

	for (char *c = name; (c = strchr(c, '/'));)
		*c = '-';
	own.name = name;
	return source_get(j->store, &j->recipe, &own, NULL, j->progress, ret);
}

struct err *build_context_fetch(struct build_context *j)
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
		TRY(source_get(j->store, &j->recipe, &apps[i], lock_app_find(&j->lock, apps[i].name),
			       j->progress, &j->sources[i]));
		progress_add(j->progress, 1);
	}
	TRY(build_runtime_sources(j));
	progress_done(j->progress, NULL);
	return app_needs(j);
}

struct err *build_context_sources(struct build_context *j)
{
	TRY(build_context_fetch(j));
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
	/* A layer kept under the app's digest may be used without reading the folder again, so only this
	 * check sees the change. */
	struct digest found = digest_of(bytes, len);
	if (!digest_equal(&found, &e->sha256))
		return err_new(ERR_BUILD, "%s changed during the build: run again when nothing is editing it",
			       e->content.path);
	if (!utf8_from_file(&bytes, &len))
		return err_new(ERR_RECIPE, "%s: %s is not a text: save it as UTF-8", a->name, file);
	*ret = TAKE(bytes);
	return NULL;
}
