/* A git repository's files at one commit. */
#pragma once
#include "recipe/recipe.h"
#include "store/store.h"

/* Checks a commit out into a work folder of the store. pinned, when given, is the full id
 * wanted; else app->ref (a branch, a tag, a commit; NULL: the default branch) is resolved. ret_committed: seconds since 1970. */
struct err *source_git(struct store *s, const struct recipe *r, const struct app *app, const char *pinned, char **ret_folder,
		       char **ret_commit, int64_t *ret_committed) MUST_CHECK;
