/* What no single value shows: that the parts of a recipe fit each other. */
#pragma once
#include "recipe/recipe.h"

void recipe_check(const struct recipe *r, const struct node *root, struct problems *p);
