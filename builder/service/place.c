/* SPDX-License-Identifier: MIT */
#include "service/place.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static struct err *add_folder(struct service_set *s, const struct manifest *m, const struct manifest_folder *row,
			      const struct scope *scope)
{
	struct folder f = { .mode = row->mode, .user = set_user(s, row->user) };
	const char *when = row->when ? scope_get(scope, row->when, strlen(row->when)) : "yes";

	if (!f.user)
		return expand_refuse(&m->source, row->user, "there is no user '%s'", row->user);
	if (!when)
		return expand_refuse(&m->source, row->when, "unknown variable '%s'", row->when);
	if (!*when)
		return NULL;
	TRY(expand_text(&s->arena, scope, &m->source, row->path, &f.path));
	const char *why = place_refused(f.path);
	if (why)
		return expand_refuse(&m->source, row->path, "'%s' %s", f.path, why);
	VEC_PUSH(&s->folders, f);
	return NULL;
}

static struct err *add_link(struct service_set *s, const struct manifest *m, const struct manifest_link *row,
			    const struct scope *scope)
{
	struct link l;

	TRY(expand_text(&s->arena, scope, &m->source, row->path, &l.path));
	TRY(expand_text(&s->arena, scope, &m->source, row->to, &l.to));
	const char *why = place_refused(l.path);
	if (why)
		return expand_refuse(&m->source, row->path, "'%s' %s", l.path, why);
	VEC_PUSH(&s->links, l);
	return NULL;
}

static struct err *add_places(struct service_set *s, const struct manifest *m)
{
	const struct manifest_folder *folders = m->folders.items;
	const struct manifest_link *links = m->links.items;
	const struct scope *scope;

	for (size_t i = 0; i < m->folders.count; i++)
		for (size_t n = 0; (scope = set_each(s, folders[i].each, n)); n++)
			TRY(add_folder(s, m, &folders[i], scope));
	for (size_t i = 0; i < m->links.count; i++)
		for (size_t n = 0; set_wants(s, links[i].only) && (scope = set_each(s, links[i].each, n)); n++)
			TRY(add_link(s, m, &links[i], scope));
	return NULL;
}

struct err *place_list(struct service_set *s)
{
	for (size_t i = 0; i < s->manifest_count; i++)
		TRY(add_places(s, &s->manifests[i]));
	return NULL;
}

const char *place_refused(const char *path)
{
	if (*path != '/')
		return "is no path in the image: begin it with '/'";
	if (strlen(path) > 4000)
		return "is longer than a path may be";
	for (const char *c = path; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return "has a character that no path of ours has";
	for (const char *at = path; *at; at += strcspn(at, "/")) {
		size_t len = strcspn(++at, "/");
		if (!len || (*at == '.' && (len == 1 || (len == 2 && at[1] == '.'))))
			return "is not written straight: leave out '.', '..' and what is empty between two '/' or at the end";
	}
	return NULL;
}

bool place_on_volume(const char *path)
{
	return text_starts(path, BENCH_DATA "/") || text_starts(path, "/run/");
}
