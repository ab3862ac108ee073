/* SPDX-License-Identifier: MIT */
/* A recipe of any bytes: read, checked and reported. Corpus: tests/recipes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "recipe/recipe.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct recipe r;
	struct problems p;
	struct err *e = recipe_parse("fuzz.yml", (const char *)bytes, len, &r, &p);
	char *report = problem_report(&p, "f");
	size_t lines = 0;

	for (const struct problem *q = p.first, *last = NULL; q; last = q, q = q->next) {
		lines++;
		if (!q->at.line || !q->at.column || strchr(q->text, '\n'))
			abort();
		if (last && (last->at.line > q->at.line ||
			     (last->at.line == q->at.line && last->at.column > q->at.column)))
			abort();
	}
	if (lines != p.kept || lines > PROBLEM_LIMIT || (!e && p.count) ||
	    (e && !p.count && len <= RECIPE_LIMIT))
		abort();
	for (const char *c = report; *c; c++)
		if ((unsigned char)*c < 0x20 && *c != '\n')
			abort();
	if (!e &&
	    (!r.name || !r.apps.count || !r.sites.count || !r.base.suite || !r.web.port || !r.workers.count))
		abort();
	free(report);
	err_free(e);
	recipe_done(&r);
	return 0;
}
