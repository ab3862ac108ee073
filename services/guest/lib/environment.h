/* SPDX-License-Identifier: MIT */
/* Settings from the environment, the same rules for all (README.md): X or X_FILE, never
 * both; empty is absent; nothing is ever evaluated by a shell. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

/* Checks every MKBENCH_ variable: an unknown one is said with the nearest known name; ERR_USAGE when X and
 * X_FILE are both given or a flag is neither yes nor no. Nothing has been touched by then. */
struct err *environment_check(char **environment) MUST_CHECK;
/* A text, or NULL when absent; the caller's to free. One final newline of a file is not part of
 * it. ERR_USAGE for a file that cannot be read or is too long, several lines, control
 * characters and bytes that are not UTF-8. */
struct err *environment_text(const char *name, char **ret) MUST_CHECK;
bool environment_is_known(const char *name);
bool environment_is_secret(const char *name); /* known, and never shown */
bool environment_flag(const char *name);      /* 1 true yes on; anything else is no */
/* The environment for programs of the image: without our secrets and without what would
 * load foreign code into them. Entries are borrowed, the list is the caller's. */
char **environment_environment(char **environment);
