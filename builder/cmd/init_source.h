/* SPDX-License-Identifier: MIT */
/* What the sources of a draft's apps say of themselves. */
#pragma once
#include "base/err.h"
#include "recipe/draft.h"

/* Fetches each app that comes from git and names it after the Python package that it declares
 * (PACKAGE/hooks.py); the one that is a framework (PACKAGE/utils/bench_helper.py, too) becomes the first.
 * What cannot be had keeps its name, and a note on standard error says so; an app without a ref gets its
 * repository's default branch, or it is an error. recipe: where the recipe will be, from whose folder paths
 * count. ret_framework: whether there is a framework, true as well where an app could not be looked at. */
struct err *init_source_names(const char *recipe, struct draft *d, bool *ret_framework) MUST_CHECK;

/* Whether a word is the address of a repository, and no name or folder. */
bool init_source_is(const char *word);
/* Whether it ends in @REF. */
bool init_source_has_ref(const char *word);
/* The app at URL@REF, or at URL, whose ref stays NULL, becomes the draft's first. called: what it is in the
 * ERR_USAGE of one that no recipe can hold. */
struct err *init_source_add(struct draft *d, const char *word, const char *called) MUST_CHECK;
