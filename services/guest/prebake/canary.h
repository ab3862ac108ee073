/* SPDX-License-Identifier: MIT */
/* Marked secrets for the sites that a build makes: each password and key begins with one word, so that a
 * leak can be found anywhere. */
#pragma once
#include "lib/bench.h"

/* Puts the marked secrets where provisioning looks for a site's secrets. */
struct err *canary_plant(const struct bench *b) MUST_CHECK;
/* The path of the first file that holds the word, at or below path; the caller frees it. NULL: none. */
struct err *canary_find(const char *path, const char *word, char **ret_where) MUST_CHECK;
/* ERR_BUILD, with the file's name, when a file below folder holds the word. */
struct err *canary_search(const char *folder, const char *word) MUST_CHECK;
