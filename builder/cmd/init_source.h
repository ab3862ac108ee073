/* SPDX-License-Identifier: MIT */
/* Reads what the sources of a draft's apps declare. */
#pragma once
#include "base/err.h"
#include "recipe/draft.h"

/* Fetches each app from git and names it after the Python package it declares (PACKAGE/hooks.py). The app
 * that is a framework (it also has PACKAGE/utils/bench_helper.py) moves to the first place. If an app cannot
 * be fetched it keeps its name, and a note on standard error says so. An app without a ref gets its
 * repository's default branch; failing that is an error. recipe: where the recipe will be; paths are relative
 * to its folder. ret_framework: whether there is a framework; also true if an app could not be looked at. */
struct err *init_source_names(const char *recipe, struct draft *d, bool *ret_framework) MUST_CHECK;

/* Whether a word is a repository's address rather than a name or folder. */
bool init_source_is(const char *word);
/* Whether it ends in @REF. */
bool init_source_has_ref(const char *word);
/* The app at URL@REF, or at URL with ref NULL, becomes the draft's first. called: what to call it in the
 * ERR_USAGE for one that no recipe can hold. */
struct err *init_source_add(struct draft *d, const char *word, const char *called) MUST_CHECK;
