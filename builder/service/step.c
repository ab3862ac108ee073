#include "service/step.h"

#include "base/mem.h"

/* A step sees the framework's environment and then its own. */
static struct err *fill_env(struct service_set *s, const struct scope *scope, const struct list *own, const char *const **ret)
{
	const struct source *from = &s->framework->source;
	const char *const *common, *const *more;
	size_t count = 0;

	TRY(expand_list(&s->arena, scope, from, &s->framework->environment, &common));
	TRY(expand_list(&s->arena, scope, from, own, &more));
	const char **all = arena_new(&s->arena, (s->framework->environment.count + own->count + 1) * sizeof *all);
	for (; *common; common++)
		all[count++] = *common;
	for (; *more; more++)
		all[count++] = *more;
	*ret = all;
	return NULL;
}

/* prepare: steps that come before any source. */
static struct err *add_steps(struct service_set *s, const struct scope *scope, const struct list *rows, bool prepare,
			     struct step_table *ret)
{
	const struct source *from = &s->framework->source;
	const struct manifest_step *row = rows->items;

	for (size_t i = 0; i < rows->count; i++) {
		struct service_step step = { .name = row[i].name, .network = row[i].network, .as_root = row[i].as_root };
		TRY(expand_list(&s->arena, scope, from, &row[i].argv, &step.argv));
		TRY(fill_env(s, scope, &row[i].environment, &step.env));
		TRY(expand_text(&s->arena, scope, from, row[i].directory ? row[i].directory : "{{bench}}", &step.cwd));
		if (prepare || row[i].inputs.count)
			TRY(expand_list(&s->arena, scope, from, &row[i].inputs, &step.inputs));
		if (row[i].only_with)
			TRY(expand_text(&s->arena, scope, from, row[i].only_with, &step.only_with));
		VEC_PUSH(ret, step);
	}
	return NULL;
}

struct err *step_list(struct service_set *s)
{
	const struct manifest *f = s->framework;

	s->app_steps = arena_new(&s->arena, s->recipe->apps.count * sizeof *s->app_steps);
	for (size_t i = 0; i < s->recipe->apps.count; i++) {
		if (i == 0)
			TRY(add_steps(s, &s->apps[i], &f->prepare_steps, true, &s->app_steps[i]));
		TRY(add_steps(s, &s->apps[i], &f->app_steps, false, &s->app_steps[i]));
	}
	return add_steps(s, &s->scope, &f->bench_steps, false, &s->bench_steps);
}
