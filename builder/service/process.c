/* SPDX-License-Identifier: MIT */
#include "service/process.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "contract/bench_json.h"

struct maker {
	struct service_set *set;
	const struct manifest *manifest;
	const struct manifest_process *row;
	const struct variables *scope;
};

static struct err *fill(const struct maker *m, const char *text, const char **ret)
{
	return template_text(&m->set->arena, m->scope, &m->manifest->source, text, ret);
}

static struct err *fill_number(const struct maker *m, const char *text, unsigned long *ret)
{
	const char *digits;
	char *end;

	TRY(fill(m, text, &digits));
	*ret = strtoul(digits, &end, 10);
	if (!*digits || *end || *ret > 100000)
		return template_refuse(&m->manifest->source, text, "'%s' is not a number", digits);
	return NULL;
}

/* argv is the row's own or the framework's; *ret is NULL if the framework has no such command. */
static struct err *fill_argv(const struct maker *m, const char *const **ret)
{
	const struct service_set *s = m->set;
	const struct list *own = m->row->run ? manifest_command(s->framework, m->row->run) : &m->row->command;
	const struct source *from = m->row->run ? &s->framework->source : &m->manifest->source;

	*ret = NULL;
	return own->count ? template_list(&m->set->arena, m->scope, from, own, ret) : NULL;
}

/* The environment of a bench process: the framework's, then the row's. */
static struct err *fill_env(const struct maker *m, const char *const **ret)
{
	struct service_set *s = m->set;
	const char *const *common = (const char *const[]){ NULL }, *const * own;
	size_t count = 0;

	if (m->row->phase == PHASE_BENCH)
		TRY(template_list(&s->arena, m->scope, &s->framework->source, &s->framework->environment,
				  &common));
	TRY(template_list(&s->arena, m->scope, &m->manifest->source, &m->row->environment, &own));
	const char **all = arena_new(
		&s->arena, (s->framework->environment.count + m->row->environment.count + 3) * sizeof *all);
	if (!strcmp(m->row->user, BENCH_USER)) {
		all[count++] = "HOME=" BENCH_HOME;
		all[count++] = "USER=" BENCH_USER;
	}
	for (; *common; common++)
		all[count++] = *common;
	for (; *own; own++)
		all[count++] = *own;
	*ret = all;
	return NULL;
}

static struct err *check_fresh(const struct maker *m, const char *name)
{
	for (size_t i = 0; i < m->set->processes.count; i++)
		if (!strcmp(m->set->processes.items[i].name, name))
			return m->row->each == EACH_WORKERS ?
				       err_new(ERR_RECIPE,
					       "%s: two rows of 'workers' have the same queues: add their "
					       "counts in one",
					       m->set->recipe->path) :
				       template_refuse(&m->manifest->source, m->row->name,
						       "there is already a process '%s'", name);
	return NULL;
}

static struct err *make(const struct maker *m)
{
	struct process p = {
		.role = m->row->role,
		.group = m->row->group,
		.user = m->row->user,
		.phase = m->row->phase,
		.row = m->row,
	};

	TRY(fill_argv(m, &p.argv));
	if (!p.argv)
		return NULL;
	TRY(fill(m, m->row->name, &p.name));
	TRY(check_fresh(m, p.name));
	TRY(fill(m, m->row->directory, &p.directory));
	TRY(fill_env(m, &p.env));
	TRY(fill_number(m, m->row->stop.seconds, &p.stop_seconds));
	if (m->row->count)
		TRY(fill_number(m, m->row->count, &p.count));
	if (!service_set_user(m->set, p.user))
		return template_refuse(&m->manifest->source, m->row->user, "there is no user '%s'", p.user);
	VEC_PUSH(&m->set->processes, p);
	return NULL;
}

struct err *process_list(struct service_set *s)
{
	for (size_t i = 0; i < s->manifest_count; i++) {
		const struct manifest *m = &s->manifests[i];
		const struct manifest_process *rows = m->processes.items;
		for (size_t k = 0; k < m->processes.count; k++) {
			struct maker one = { .set = s, .manifest = m, .row = &rows[k] };
			for (size_t n = 0; service_set_wants(s, rows[k].only) &&
					   (one.scope = service_set_each(s, rows[k].each, n));
			     n++)
				TRY(make(&one));
		}
	}
	return NULL;
}

char *process_name(const struct process *p, unsigned long number)
{
	return p->count ? mem_printf("%s-%lu", p->name, number) : mem_dup(p->name);
}
