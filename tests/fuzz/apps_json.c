/* SPDX-License-Identifier: MIT */
/* A list of apps of any bytes: what is accepted makes a recipe without a problem. */
#include "recipe/apps_json.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "recipe/recipe.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check(struct draft *d)
{
	struct text t = { 0 };
	struct recipe r = { 0 };
	struct problems p;

	for (size_t i = 0; i < d->apps.count; i++)
		if (!d->apps.items[i].ref) /* init asks the repository what its default branch is */
			d->apps.items[i].ref = "main";
	VEC_PUSH(&d->sites, "a.localhost");
	draft_text(d, &t);
	if (recipe_parse("a.yml", t.bytes, t.len, &r, &p) || p.first || r.apps.count != d->apps.count)
		abort();
	const struct app *apps = r.apps.items;
	for (size_t i = 0; i < r.apps.count; i++)
		if (strcmp(apps[i].git, d->apps.items[i].git) || strcmp(apps[i].ref, d->apps.items[i].ref))
			abort();
	recipe_done(&r);
	text_done(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_FREE char *text = mem_ndup((const char *)bytes, len);
	struct draft d = { .name = "a", .suite = "bookworm", .time_zone = "UTC", .language = "en" };
	struct problems p = { .arena = &d.arena };

	apps_json_read(text, len, &d, &p);
	if (!p.count == !d.apps.count)
		abort();
	for (const struct problem *q = p.first; q; q = q->next)
		if (!q->at.line || !q->at.column)
			abort();
	if (!p.count)
		check(&d);
	draft_done(&d);
	return 0;
}
