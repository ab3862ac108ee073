/* SPDX-License-Identifier: MIT */
/* Checks that the parts of a recipe are consistent with each other. */
#pragma once
#include "recipe/recipe.h"

void recipe_check(const struct recipe *r, const struct node *root, struct problems *p);
/* Checks a port that a service uses whatever the recipe says. */
void recipe_check_port(const struct recipe *r, uint64_t port, const char *whose, struct problems *p);
/* Checks the recipe against the building machine, and sets its architecture if it has none. host: Debian's
 * name, static; NULL: this machine cannot build. */
void recipe_check_architecture(struct recipe *r, const char *host, struct problems *p);
