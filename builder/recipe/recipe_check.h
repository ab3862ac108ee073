/* SPDX-License-Identifier: MIT */
/* What no single value shows: that the parts of a recipe fit each other. */
#pragma once
#include "recipe/recipe.h"

void recipe_check(const struct recipe *r, const struct node *root, struct problems *p);
/* A text that a list of texts has twice; count: how many were read. */
void recipe_check_twins(struct problems *p, const struct node *list, size_t count, const char *what);
/* The same for a port that a service has for itself, whatever the recipe says. */
void recipe_check_port(const struct recipe *r, uint64_t port, const char *whose, struct problems *p);
/* The same for the building machine, whose architecture a recipe without one gets: Debian's name,
 * static; NULL: one that cannot build. */
void recipe_check_architecture(struct recipe *r, const char *host, struct problems *p);
