/* SPDX-License-Identifier: MIT */
/* The interpreters that a recipe asks for. */
#pragma once
#include "recipe/recipe.h"

enum runtime_kind { RUNTIME_PYTHON, RUNTIME_NODE, RUNTIME_COUNT };
extern const char *const runtime_names[RUNTIME_COUNT];	/* "python", "node": the recipe's words */
extern const char *const runtime_titles[RUNTIME_COUNT]; /* "Python", "Node" */

/* The version asked for, or NULL: the suite's own. */
const char *runtime_version(const struct recipe *r, int kind);
/* The build that the recipe brings, as its number in runtime.archives; -1: none. */
int runtime_archive(const struct recipe *r, int kind);
/* Debian's package of it: "python3.10", and "python3", "nodejs" where no version is
 * asked for. The caller's to free. */
char *runtime_package(const struct recipe *r, int kind);
/* Its program in the image, "/usr/bin/python3.10". The caller's to free. */
char *runtime_program(const struct recipe *r, int kind);
/* What is wrong with the recipe's 'runtime'. */
void runtime_check(const struct recipe *r, struct problems *p, const struct node *root);
