/* SPDX-License-Identifier: MIT */
/* The questions of mkbench init: each has a default and is asked again until the answer is valid. */
#pragma once
#include "base/err.h"
#include "recipe/draft.h"

/* Whether someone can answer: standard input and error are a terminal. */
bool init_ask_possible(void);
/* Values that d has are the defaults. Asks for the name if asks_name is set, and for an app if d has none;
 * the first site is NAME.localhost. ERR_USAGE if input ends early. */
struct err *init_ask(struct draft *d, bool asks_name) MUST_CHECK;
/* The app that a word names: a repository, or a folder, whose path is kept as written. */
struct draft_app init_ask_app(struct arena *a, const char *word);
/* The host name at which an image of that name answers on the machine that made it. */
const char *init_ask_host(struct arena *a, const char *name);
/* Asks for the framework's own app as URL@REF; "" means none. */
struct err *init_ask_framework(struct draft *d, const char **ret) MUST_CHECK;
