/* SPDX-License-Identifier: MIT */
/* The services of a recipe, loaded. */
#pragma once
#include <stdlib.h>

#include "base/mem.h"
#include "recipe/recipe.h"
#include "service/service.h"
#include "t.h"

/* Loads the services of a recipe; a failure is a text, the caller's to free. */
static inline char *loaded_from(const char *share, const char *bytes, struct recipe *r,
				struct service_set **ret)
{
	struct problems p;
	struct err *e = recipe_parse("demo.yml", bytes, strlen(bytes), r, &p);

	if (e) {
		char *report = problem_report(&p, "demo.yml");
		printf("# %s\n", report);
		free(report);
	} else {
		e = service_load(share, r, ret);
	}
	char *text = e ? err_text(e) : NULL;
	err_free(e);
	return text;
}

static inline char *loaded(const char *bytes, struct recipe *r, struct service_set **ret)
{
	return loaded_from(".", bytes, r, ret);
}
