/* SPDX-License-Identifier: MIT */
/* What no single value shows: that the parts of a recipe fit each other. */
#pragma once
#include "recipe/recipe.h"

void recipe_check(const struct recipe *r, const struct node *root, struct problems *p);
/* The same for a port that a service has for itself, whatever the recipe says. */
void recipe_check_port(const struct recipe *r, uint64_t port, const char *whose, struct problems *p);
/* The same for the building machine, whose architecture a recipe without one gets: Debian's name,
 * static; NULL: one that cannot build. */
void recipe_check_architecture(struct recipe *r, const char *host, struct problems *p);
