/* SPDX-License-Identifier: MIT */
/* Decides where a new recipe is written, from the word given to mkbench init. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

bool init_place_is_folder(const char *path);
/* Whether a folder is a bare git repository. */
bool init_place_is_bare(const char *folder);
/* The folder part of a path with its '/', or "". The caller's to free. */
char *init_place_of(const char *path);
/* A recipe is placed beside an app, not inside it: otherwise its lock and outputs would become part of the
 * app. The caller's to free. */
char *init_place_beside(const char *app);
/* ERR_USAGE for a word that is neither a recipe's name, nor an app, nor a place: an archive, a file, or a
 * bench (unless from is set: then a bench was given by --from). The error says how to give it instead. */
struct err *init_place_refuse(bool from, const char *word) MUST_CHECK;
