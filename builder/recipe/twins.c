/* SPDX-License-Identifier: MIT */
#include "recipe/twins.h"

#include "recipe/recipe_view.h"

void twins_check(struct problems *p, const struct node *list, size_t count, const char *what)
{
	if (!count)
		return;
	for (const struct node *n = list ? list->child : NULL; n && !problem_full(p); n = n->next)
		for (const struct node *m = list->child; m != n; m = m->next)
			if (recipe_view_same(m->text, n->text)) {
				problem_add(p, n->at, "%s '%s' is given twice: once is enough", what,
					    n->text);
				break;
			}
}
