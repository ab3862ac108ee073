/* SPDX-License-Identifier: MIT */
#include "service/dirs_and_links.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static struct err *add_folder(struct service_set *s, const struct manifest *m,
			      const struct manifest_folder *row, const struct variables *scope)
{
	struct folder f = { .mode = row->mode, .user = service_set_user(s, row->user) };
	const char *when = row->when ? variables_get(scope, row->when, strlen(row->when)) : "yes";

	if (!f.user)
		return template_refuse(&m->source, row->user, "there is no user '%s'", row->user);
	if (!when)
		return template_refuse(&m->source, row->when, "unknown variable '%s'", row->when);
	if (!*when)
		return NULL;
	TRY(template_text(&s->arena, scope, &m->source, row->path, &f.path));
	const char *why = dirs_and_links_refused(f.path);
	if (why)
		return template_refuse(&m->source, row->path, "'%s' %s", f.path, why);
	VEC_PUSH(&s->folders, f);
	return NULL;
}

static struct err *add_link(struct service_set *s, const struct manifest *m, const struct manifest_link *row,
			    const struct variables *scope)
{
	struct link l;

	TRY(template_text(&s->arena, scope, &m->source, row->path, &l.path));
	TRY(template_text(&s->arena, scope, &m->source, row->to, &l.to));
	const char *why = dirs_and_links_refused(l.path);
	if (why)
		return template_refuse(&m->source, row->path, "'%s' %s", l.path, why);
	VEC_PUSH(&s->links, l);
	return NULL;
}

static struct err *add_places(struct service_set *s, const struct manifest *m)
{
	const struct manifest_folder *folders = m->folders.items;
	const struct manifest_link *links = m->links.items;
	const struct variables *scope;

	for (size_t i = 0; i < m->folders.count; i++)
		for (size_t n = 0; (scope = service_set_each(s, folders[i].each, n)); n++)
			TRY(add_folder(s, m, &folders[i], scope));
	for (size_t i = 0; i < m->links.count; i++)
		for (size_t n = 0;
		     service_set_wants(s, links[i].only) && (scope = service_set_each(s, links[i].each, n));
		     n++)
			TRY(add_link(s, m, &links[i], scope));
	return NULL;
}

struct err *dirs_and_links_list(struct service_set *s)
{
	for (size_t i = 0; i < s->manifest_count; i++)
		TRY(add_places(s, &s->manifests[i]));
	return NULL;
}

const char *dirs_and_links_refused(const char *path)
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
			return "is not a normal path: remove '.', '..', '//' and a final '/'";
	}
	return NULL;
}

bool dirs_and_links_on_volume(const char *path)
{
	return text_starts(path, BENCH_DATA "/") || text_starts(path, "/run/");
}
