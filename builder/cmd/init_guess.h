/* SPDX-License-Identifier: MIT */
/* Defaults for a new recipe, guessed from the machine and from folders that hold apps. */
#pragma once
#include "recipe/draft.h"

/* ret_from: where the guess came from, "/etc/timezone"; NULL for a fallback. */
const char *init_guess_time_zone(struct arena *a, const char **ret_from);
const char *init_guess_language(struct arena *a, const char **ret_from);

/* The Python package of the app in a folder; NULL if the folder holds no app: it needs pyproject.toml,
 * setup.py or a package. */
const char *init_guess_app(struct arena *a, const char *folder);
/* Adds the apps in the subfolders of a folder, sorted by name, as paths that begin with "./". */
void init_guess_apps(const char *folder, struct draft *d);
