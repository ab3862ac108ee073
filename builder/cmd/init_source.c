/* SPDX-License-Identifier: MIT */
#include "cmd/init_source.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "fetch/source.h"
#include "store/store.h"

/* The package that has such a file below it, or NULL. */
static const char *package_with(struct arena *a, const struct tree *files, const char *name)
{
	for (size_t i = 0; i < files->count; i++) {
		const char *path = files->items[i].path, *slash = strchr(path, '/');
		if (slash && !strcmp(slash + 1, name) && files->items[i].kind == ENTRY_FILE)
			return arena_dup(a, path, (size_t)(slash - path));
	}
	return NULL;
}

static bool has_framework(const struct tree *files, const char *package)
{
	AUTO_FREE char *helper = mem_printf("%s/utils/bench_helper.py", package), *web = mem_printf("%s/app.py", package);

	return tree_find(files, helper) && tree_find(files, web);
}

/* ret_known: it could be looked at. */
static bool look(struct store *s, struct draft *d, struct draft_app *app, bool *ret_known)
{
	struct recipe none = { .path = "" };
	struct app_source source = { 0 };
	const struct app asked = { .name = app->name, .git = app->git, .ref = app->ref };
	struct problems unsaid = { .arena = &d->arena };
	struct err *e = source_get(s, &none, &asked, NULL, NULL, &source);
	AUTO_FREE char *why = e ? err_text(e) : NULL;
	bool framework = false;

	*ret_known = !e;
	err_free(e);
	if (why) {
		fprintf(stderr, "note: %s: it is named after its address\n", why);
		return false;
	}
	const char *package = package_with(&d->arena, &source.files, "hooks.py");
	if (package && draft_accepts(&pattern_app, "name", package, (struct mark){ 0 }, &unsaid)) {
		framework = has_framework(&source.files, package);
		app->name = package;
	}
	source_done(&source);
	return framework;
}

static struct err *refuse_twins(const struct draft *d)
{
	for (size_t i = 0; i < d->apps.count; i++)
		for (size_t k = 0; k < i; k++)
			if (!strcmp(d->apps.items[i].name, d->apps.items[k].name))
				return err_new(ERR_RECIPE, "%s and %s both hold the package '%s': keep one", d->apps.items[k].git, d->apps.items[i].git,
					       d->apps.items[i].name);
	return NULL;
}

struct err *init_source_names(struct draft *d, bool *ret_framework)
{
	struct store *s = NULL;
	bool known;

	*ret_framework = false;
	TRY(store_open(NULL, &s));
	for (size_t i = 0; i < d->apps.count; i++) {
		struct draft_app app = d->apps.items[i];
		if (!app.git)
			continue;
		bool framework = look(s, d, &app, &known);
		d->apps.items[i] = app;
		*ret_framework = *ret_framework || framework || !known;
		for (size_t k = i; framework && k; k--)
			d->apps.items[k] = d->apps.items[k - 1];
		if (framework)
			d->apps.items[0] = app;
	}
	store_close(s);
	return refuse_twins(d);
}
