/* SPDX-License-Identifier: MIT */
/* The interpreters that a recipe asks for. */
#pragma once
#include "recipe/recipe.h"

enum runtime_kind { RUNTIME_PYTHON, RUNTIME_NODE, RUNTIME_COUNT };
extern const char *const runtime_names[RUNTIME_COUNT];	/* "python", "node": the recipe's words */
extern const char *const runtime_titles[RUNTIME_COUNT]; /* "Python", "Node" */

/* The requested version, or NULL: the suite's own. */
const char *runtime_version(const struct recipe *r, int kind);
/* The index in runtime.archives of the build that the recipe brings; -1: none. */
int runtime_archive(const struct recipe *r, int kind);
/* Its Debian package: "python3.10", or "python3" or "nodejs" if no version is requested. The caller's to
 * free. */
char *runtime_package(const struct recipe *r, int kind);
/* Its program in the image, "/usr/bin/python3.10". The caller's to free. */
char *runtime_program(const struct recipe *r, int kind);
/* Checks the recipe's 'runtime'. */
void runtime_check(const struct recipe *r, struct problems *p, const struct node *root);
