/* SPDX-License-Identifier: MIT */
/* The questions of mkbench init: each with a default, asked again until the answer can be written. */
#pragma once
#include "base/err.h"
#include "recipe/draft.h"

/* Whether there is somebody to ask: standard input and error are a terminal. */
bool init_ask_possible(void);
/* What d has already is the default; its name is asked for when asks_name is set, an app when it has none,
 * its sites begin with NAME.localhost. ERR_USAGE when the answers end early. */
struct err *init_ask(struct draft *d, bool asks_name) MUST_CHECK;
/* The app that a word names: a repository, or a folder, whose path is written as it is. */
struct draft_app init_ask_app(struct arena *a, const char *word);
/* The host that an image of that name answers to on the machine it was made on. */
const char *init_ask_host(struct arena *a, const char *name);
/* Asks for the framework's own app as URL@REF; "": there is none. */
struct err *init_ask_framework(struct draft *d, const char **ret) MUST_CHECK;
