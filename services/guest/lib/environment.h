/* SPDX-License-Identifier: MIT */
/* Settings from the environment, with the same rules for all (services/guest/README.md): X or X_FILE, never
 * both; empty counts as absent; no shell ever evaluates a value. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

/* Checks every MKBENCH_ variable before anything is touched: logs an unknown one with the nearest known
 * name, and a file that cannot be read; ERR_USAGE when X and X_FILE are both given, a flag is neither yes
 * nor no, or a number of seconds is none from 1 to 3600. */
struct err *environment_check(char **environment) MUST_CHECK;
/* A text, or NULL when absent; the caller frees it. One final newline of a file does not count. ERR_USAGE
 * for a file that cannot be read or is too long, for several lines, control characters and bytes that are
 * not UTF-8. */
struct err *environment_text(const char *name, char **ret) MUST_CHECK;
bool environment_is_known(const char *name);
bool environment_is_secret(const char *name); /* known, and never shown */
bool environment_flag(const char *name);      /* 1, true, yes, on; anything else is no */
/* The environment for programs of the image: without our secrets and without variables that would load
 * foreign code into them. The caller frees the list; its entries are borrowed. */
char **environment_environment(char **environment);
