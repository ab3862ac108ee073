/* SPDX-License-Identifier: MIT */
#include "service/step.h"

#include <string.h>

#include "base/mem.h"

/* A step's environment: the framework's, then its own. */
static struct err *fill_env(struct service_set *s, const struct variables *scope, const struct list *own,
			    const char *const **ret)
{
	const struct source *from = &s->framework->source;
	const char *const *common, *const *more;
	size_t count = 0;

	TRY(template_list(&s->arena, scope, from, &s->framework->environment, &common));
	TRY(template_list(&s->arena, scope, from, own, &more));
	const char **all =
		arena_new(&s->arena, (s->framework->environment.count + own->count + 1) * sizeof *all);
	for (; *common; common++)
		all[count++] = *common;
	for (; *more; more++)
		all[count++] = *more;
	*ret = all;
	return NULL;
}

static struct err *fill(struct service_set *s, const struct variables *scope, const struct manifest_step *row,
			struct service_step *ret)
{
	const struct source *from = &s->framework->source;

	TRY(template_list(&s->arena, scope, from, &row->argv, &ret->argv));
	TRY(fill_env(s, scope, &row->environment, &ret->env));
	TRY(template_text(&s->arena, scope, from, row->directory ? row->directory : "{{bench}}", &ret->cwd));
	if (row->inputs.count)
		TRY(template_list(&s->arena, scope, from, &row->inputs, &ret->inputs));
	if (row->first_inputs.count)
		TRY(template_list(&s->arena, scope, from, &row->first_inputs, &ret->first_inputs));
	if (row->beside_prepare && !row->inputs.count)
		return template_refuse(from, row->name,
				       "step '%s' has beside_prepare and no inputs: it sees all", row->name);
	if (row->answers.count)
		TRY(template_list(&s->arena, scope, from, &row->answers, &ret->answers));
	if (row->hosts.count && !row->network)
		return template_refuse(from, row->name, "step '%s' has hosts and no network", row->name);
	if (row->hosts.count)
		TRY(template_list(&s->arena, scope, from, &row->hosts, &ret->hosts));
	return row->only_with ? template_text(&s->arena, scope, from, row->only_with, &ret->only_with) : NULL;
}

/* Folder variables are set only where the folder exists. */
static struct err *fill_with_places(struct service_set *s, const struct variables *scope,
				    const struct manifest_step *row, struct service_step *ret)
{
	struct variables places = { .arena = &s->arena, .outer = scope };

	if (row->cache && row->as_root)
		return template_refuse(&s->framework->source, row->cache,
				       "a step with a cache cannot be 'as_root': others could not "
				       "change what it leaves there");
	if (row->cache)
		variables_set(&places, "cache", SERVICE_CACHE);
	if (s->framework->pin_steps.count)
		variables_set(&places, "pins", SERVICE_PINS);
	if (s->framework->tools.count)
		variables_set(&places, "tools", SERVICE_TOOLS);
	struct err *e = fill(s, &places, row, ret);
	variables_done(&places);
	return e;
}

static struct err *add_steps(struct service_set *s, const struct variables *scope, const struct list *rows,
			     struct step_table *ret)
{
	const struct manifest_step *row = rows->items;

	for (size_t i = 0; i < rows->count; i++) {
		struct service_step step = {
			.name = row[i].name,
			.cache = row[i].cache,
			.pins = row[i].pins,
			.network = row[i].network,
			.as_root = row[i].as_root,
			.overrides = row[i].overrides,
			.beside_prepare = row[i].beside_prepare,
		};
		TRY(fill_with_places(s, scope, &row[i], &step));
		VEC_PUSH(ret, step);
	}
	return NULL;
}

static struct err *check_pins(const struct service_set *s)
{
	const struct manifest_step *row = s->framework->pin_steps.items;

	for (size_t i = 0; i < s->framework->pin_steps.count; i++)
		for (size_t k = 0; k < i; k++)
			if (!strcmp(row[i].pins, row[k].pins))
				return template_refuse(&s->framework->source, row[i].pins,
						       "two steps leave pins '%s'", row[i].pins);
	return NULL;
}

struct err *step_list(struct service_set *s)
{
	const struct manifest *f = s->framework;

	TRY(check_pins(s));
	TRY(add_steps(s, &s->scope, &f->pin_steps, &s->pin_steps));
	TRY(add_steps(s, &s->scope, &f->prepare_steps, &s->prepare_steps));
	s->app_steps = arena_new(&s->arena, s->recipe->apps.count * sizeof *s->app_steps);
	for (size_t i = 0; i < s->recipe->apps.count; i++)
		TRY(add_steps(s, &s->apps[i], &f->app_steps, &s->app_steps[i]));
	return add_steps(s, &s->scope, &f->bench_steps, &s->bench_steps);
}
