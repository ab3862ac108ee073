/* SPDX-License-Identifier: MIT */
/* Gets a git repository's files at one commit, with those of its submodules. */
#pragma once
#include "base/progress.h"
#include "recipe/recipe.h"
#include "store/store.h"

/* One submodule, at any depth. */
struct git_module {
	char *path; /* below the app's folder */
	char *commit, *url;
};

struct git_source {
	char *folder; /* a work folder of the store */
	char *url;    /* as passed to git */
	char *commit;
	int64_t committed; /* seconds since 1970 */
	struct {
		struct git_module *items;
		size_t count, room;
	} modules;
};

/* Checks a commit out into a work folder of the store. pinned, if given, is the full commit id; else app->ref
 * (a branch, a tag, a commit; NULL: the default branch) is resolved. A source beyond the limits of
 * source_limit.h is refused before it is checked out. */
struct err *source_git(struct store *s, const struct recipe *r, const struct app *app, const char *pinned,
		       struct progress *p, struct git_source *ret) MUST_CHECK;
/* The default branch of app->git; the caller's to free. */
struct err *source_git_default(struct store *s, const struct recipe *r, const struct app *app,
			       char **ret) MUST_CHECK;
void source_git_done(struct git_source *g);
