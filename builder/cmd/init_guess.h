/* SPDX-License-Identifier: MIT */
/* What a new recipe can say without asking: from the machine, and from folders that hold apps. */
#pragma once
#include "recipe/draft.h"

/* Where a guess came from, for people: "/etc/timezone", or NULL for a fallback. */
const char *init_guess_time_zone(struct arena *a, const char **ret_from);
const char *init_guess_language(struct arena *a, const char **ret_from);

/* The Python package of the app that a folder holds, or NULL when it holds none: it has
 * pyproject.toml, setup.py or a package. */
const char *init_guess_app(struct arena *a, const char *folder);
/* Adds the apps in the folders of a folder, in the order of their names, as paths that begin with "./". */
void init_guess_apps(const char *folder, struct draft *d);
