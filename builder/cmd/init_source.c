/* SPDX-License-Identifier: MIT */
#include "cmd/init_source.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/init_note.h"
#include "fetch/source.h"
#include "fetch/source_git.h"
#include "store/store.h"

/* The package that contains such a file, or NULL. */
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
	AUTO_FREE char *helper = mem_printf("%s/utils/bench_helper.py", package),
		       *web = mem_printf("%s/app.py", package);

	return tree_find(files, helper) && tree_find(files, web);
}

/* Whether its repository answers: then an error there would also stop a build. */
static bool answers(struct store *s, const struct recipe *r, const struct app *asked)
{
	AUTO_FREE char *branch = NULL;
	struct err *e = source_git_default(s, r, asked, &branch);
	bool yes = !e;

	err_free(e);
	return yes;
}

/* ret_known: the source could be read; ret_framework: it is a framework. */
static struct err *look(struct store *s, const struct recipe *r, struct draft *d, struct draft_app *app,
			bool *ret_known, bool *ret_framework)
{
	struct app_source source = { 0 };
	const struct app asked = { .name = app->name, .git = app->git, .ref = app->ref };
	struct problems unsaid = { .arena = &d->arena };
	struct err *e = source_get(s, r, &asked, NULL, NULL, &source);

	*ret_known = !e;
	*ret_framework = false;
	if (e && answers(s, r, &asked))
		return e;
	if (e) {
		AUTO_FREE char *why = err_text(e);
		init_note("%s: it is named after its address", why);
		err_free(e);
		return NULL;
	}
	const char *package = package_with(&d->arena, &source.files, "hooks.py");
	if (package && draft_accepts(&pattern_app, "name", package, (struct mark){ 0 }, &unsaid)) {
		*ret_framework = has_framework(&source.files, package);
		app->name = package;
	}
	source_done(&source);
	return NULL;
}

static struct err *refuse_twins(const struct draft *d)
{
	for (size_t i = 0; i < d->apps.count; i++)
		for (size_t k = 0; k < i; k++)
			if (!strcmp(d->apps.items[i].name, d->apps.items[k].name))
				return err_new(ERR_RECIPE, "%s and %s both hold the package '%s': keep one",
					       d->apps.items[k].git, d->apps.items[i].git,
					       d->apps.items[i].name);
	return NULL;
}

/* Without a named branch, the repository's default branch is used, as in git. */
static struct err *settle_ref(struct store *s, const struct recipe *r, struct draft *d, struct draft_app *app)
{
	const struct app asked = { .name = app->name, .git = app->git };
	struct problems unsaid = { .arena = &d->arena };
	AUTO_FREE char *branch = NULL;

	TRY_AS(source_git_default(s, r, &asked, &branch), "no branch of the app %s is named", app->name);
	if (!draft_accepts(&pattern_ref, "ref", branch, (struct mark){ 0 }, &unsaid))
		return err_new(ERR_FETCH,
			       "no branch of the app %s is named, and its default cannot be written in a "
			       "recipe: name one",
			       app->name);
	app->ref = arena_dup(&d->arena, branch, strlen(branch));
	init_note("app %s: no branch is named: %s is its repository's default", app->name, app->ref);
	return NULL;
}

static struct err *name_all(struct store *s, const struct recipe *r, struct draft *d, bool *ret_framework)
{
	bool known, framework;

	for (size_t i = 0; i < d->apps.count; i++) {
		struct draft_app app = d->apps.items[i];
		if (!app.git)
			continue;
		if (!app.ref)
			TRY(settle_ref(s, r, d, &app));
		TRY(look(s, r, d, &app, &known, &framework));
		d->apps.items[i] = app;
		*ret_framework = *ret_framework || framework || !known;
		for (size_t k = i; framework && k; k--)
			d->apps.items[k] = d->apps.items[k - 1];
		if (framework) {
			d->apps.items[0] = app;
			d->framework = "bench";
		}
	}
	return NULL;
}

struct err *init_source_names(const char *recipe, struct draft *d, bool *ret_framework)
{
	const struct recipe r = { .path = recipe };
	struct store *s = NULL;

	*ret_framework = false;
	TRY(store_open(NULL, &s));
	struct err *e = name_all(s, &r, d, ret_framework);
	store_close(s);
	return e ? e : refuse_twins(d);
}

bool init_source_is(const char *word)
{
	return strstr(word, "://") || (strchr(word, '@') && strchr(word, ':'));
}

/* The position where an address's host ends and its path begins. */
static const char *path_of(const char *url)
{
	const char *host = strstr(url, "://"), *path = host ? strchr(host + 3, '/') : strchr(url, ':');

	return path ? path : url;
}

static const char *ref_of(const char *word)
{
	return strrchr(path_of(word), '@');
}

bool init_source_has_ref(const char *word)
{
	return ref_of(word);
}

struct err *init_source_add(struct draft *d, const char *word, const char *called)
{
	struct problems p = { .arena = &d->arena };
	const char *at = ref_of(word);
	AUTO_FREE char *ref_called = mem_printf("%s's ref", called),
		       *name_called = mem_printf("name at the end of %s", called);
	struct draft_app app = { .git = arena_dup(&d->arena, word, at ? (size_t)(at - word) : strlen(word)) };

	app.ref = at ? arena_dup(&d->arena, at + 1, strlen(at + 1)) : NULL;
	app.name = draft_app_name(&d->arena, app.git);
	if (!draft_accepts(&pattern_git, called, app.git, (struct mark){ 0 }, &p) ||
	    (at && !draft_accepts(&pattern_ref, ref_called, app.ref, (struct mark){ 0 }, &p)) ||
	    !draft_accepts(&pattern_app, name_called, app.name, (struct mark){ 0 }, &p))
		return err_new(ERR_USAGE, "init: %s", p.first->text);
	VEC_PUSH(&d->apps, app);
	for (size_t i = d->apps.count - 1; i; i--)
		d->apps.items[i] = d->apps.items[i - 1];
	d->apps.items[0] = app;
	return NULL;
}
