/* SPDX-License-Identifier: MIT */
/* Where a new recipe goes, by the word that mkbench init was given. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

bool init_place_is_folder(const char *path);
/* Whether a folder is a repository without a work tree. */
bool init_place_is_bare(const char *folder);
/* The folder that a path lies in, with its '/', or "". The caller's to free. */
char *init_place_of(const char *path);
/* A recipe goes beside an app, not into it: its lock and its outputs would become part of
 * the app. The caller's to free. */
char *init_place_beside(const char *app);
/* ERR_USAGE for a word that is something else than a recipe's name, an app or a place: an archive, a bench
 * (unless from says that another one is read), a file; it says how that is given instead. */
struct err *init_place_refuse(bool from, const char *word) MUST_CHECK;
