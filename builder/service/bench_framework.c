/* SPDX-License-Identifier: MIT */
#include "service/bench_framework.h"

#include <jansson.h>

/* A text that parses as JSON is that value, so 9000 is a number and true is true; anything else is a
 * string. */
static json_t *value_of(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);

	return value ? value : json_string(text);
}

static struct err *fill_pairs(const struct service_set *s, struct arena *a, const struct list *pairs,
			      json_t **ret)
{
	const struct pair *p = pairs->items;

	*ret = json_object();
	for (size_t i = 0; i < pairs->count; i++) {
		const char *text;
		TRY(template_text(a, &s->scope, &s->framework->source, p[i].value, &text));
		json_object_set_new(*ret, p[i].key, value_of(text));
	}
	return NULL;
}

static const char *const *join(struct arena *arena, const char *const *a, const char *const *b)
{
	size_t count = 0, i;

	for (i = 0; a[i]; i++)
		count++;
	for (i = 0; b[i]; i++)
		count++;
	const char **all = arena_new(arena, (count + 1) * sizeof *all);
	count = 0;
	for (; *a; a++)
		all[count++] = *a;
	for (; *b; b++)
		all[count++] = *b;
	return all;
}

static struct err *fill_step(const struct service_set *s, struct arena *a, const struct manifest_step *step,
			     struct bench_command *c)
{
	const struct manifest *m = s->framework;
	const char *const *common, *const *own,
		*folder = step->directory ? step->directory : "{{bench}}/sites";

	TRY(template_list(a, &s->scope, &m->source, &step->argv, &c->argv));
	TRY(template_list(a, &s->scope, &m->source, &m->environment, &common));
	TRY(template_list(a, &s->scope, &m->source, &step->environment, &own));
	TRY(template_text(a, &s->scope, &m->source, folder, &c->cwd));
	c->env = join(a, common, own);
	c->name = step->name;
	c->seconds = (unsigned)step->seconds;
	return NULL;
}

static struct err *fill_steps(const struct service_set *s, struct arena *a, const struct list *rows,
			      struct bench_command **ret, size_t *ret_count)
{
	const struct manifest_step *steps = rows->items;

	*ret = arena_new(a, rows->count * sizeof **ret);
	for (size_t i = 0; i < rows->count; i++)
		TRY(fill_step(s, a, &steps[i], &(*ret)[i]));
	*ret_count = rows->count;
	return NULL;
}

struct err *bench_framework(const struct service_set *s, struct arena *a, struct bench *b)
{
	const struct manifest *m = s->framework;

	b->framework = m->name;
	b->probe_path = m->probe_path;
	b->admin_user = m->admin_user;
	TRY(fill_pairs(s, a, &m->common_site_config, &b->common_site_config));
	TRY(fill_pairs(s, a, &m->site_config, &b->site_config));
	TRY(fill_steps(s, a, &m->site_create, &b->create.items, &b->create.count));
	TRY(fill_steps(s, a, &m->site_finish, &b->finish.items, &b->finish.count));
	TRY(fill_steps(s, a, &m->site_seal, &b->seal.items, &b->seal.count));
	TRY(fill_steps(s, a, &m->site_renew, &b->renew.items, &b->renew.count));
	TRY(fill_steps(s, a, &m->site_migrate, &b->migrate.items, &b->migrate.count));
	TRY(fill_steps(s, a, &m->site_install, &b->install.items, &b->install.count));
	TRY(fill_steps(s, a, &m->site_probe, &b->probes.items, &b->probes.count));
	return fill_steps(s, a, &m->site_check, &b->checks.items, &b->checks.count);
}
