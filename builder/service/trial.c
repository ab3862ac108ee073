/* SPDX-License-Identifier: MIT */
#include "service/trial.h"

#include <stdlib.h>

#include "base/mem.h"

static struct err *add(struct service_set *s, const struct manifest *m, const struct manifest_trial *row,
		       const struct variables *scope)
{
	const struct service_user *user = service_set_user(s, row->user);
	struct service_trial t = { .service = m->name, .until = row->until };

	if (!user)
		return template_refuse(&m->source, row->user, "there is no user '%s'", row->user);
	t.uid = user->uid;
	t.gid = user->gid;
	TRY(template_text(&s->arena, scope, &m->source, row->name, &t.name));
	TRY(template_list(&s->arena, scope, &m->source, &row->argv, &t.argv));
	if (row->names.count)
		TRY(template_list(&s->arena, scope, &m->source, &row->names, &t.names));
	VEC_PUSH(&s->trials, t);
	return NULL;
}

static struct err *add_all(struct service_set *s, const struct manifest *m)
{
	const struct manifest_trial *rows = m->trials.items;
	const struct variables *scope;

	for (size_t i = 0; i < m->trials.count; i++)
		for (size_t n = 0; (scope = service_set_each(s, rows[i].each, n)); n++)
			TRY(add(s, m, &rows[i], scope));
	return NULL;
}

struct err *trial_list(struct service_set *s)
{
	for (size_t i = 0; i < s->folders.count; i++) {
		const struct folder *f = &s->folders.items[i];
		VEC_PUSH(&s->made, (struct service_folder){ f->path, (unsigned)strtoul(f->mode, NULL, 8),
							    f->user->uid, f->user->gid });
	}
	for (size_t i = 0; i < s->manifest_count; i++)
		TRY(add_all(s, &s->manifests[i]));
	return NULL;
}
