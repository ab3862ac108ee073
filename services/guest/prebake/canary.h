/* SPDX-License-Identifier: MIT */
/* Passwords and keys of a site that is only made to be copied: each begins with a word by
 * which it is found wherever it went. */
#pragma once
#include "lib/bench.h"

/* Puts them where provisioning looks for a site's secrets. */
struct err *canary_plant(const struct bench *b) MUST_CHECK;
/* The path of the first file, path itself or one below it, that holds the word: the caller's; NULL: none. */
struct err *canary_find(const char *path, const char *word, char **ret_where) MUST_CHECK;
/* ERR_BUILD when a file below folder holds the word: it names the file. */
struct err *canary_search(const char *folder, const char *word) MUST_CHECK;
