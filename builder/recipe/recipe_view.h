/* SPDX-License-Identifier: MIT */
/* The parts of a recipe that its cross checks use. It may be half-read: a text may be NULL, a count 0. */
#pragma once
#include <string.h>

#include "recipe/recipe.h"

struct recipe_view {
	const struct recipe *r;
	const struct node *root;
	struct problems *p;
	const struct app *apps;
	const struct site *sites;
};

/* False if a text is missing. */
static inline bool recipe_view_same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* The first app of that name, or NULL. */
static inline const struct app *recipe_view_app(const struct recipe_view *v, const char *name)
{
	for (size_t i = 0; i < v->r->apps.count; i++)
		if (recipe_view_same(v->apps[i].name, name))
			return &v->apps[i];
	return NULL;
}
