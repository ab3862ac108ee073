/* SPDX-License-Identifier: MIT */
#include "layer/deb/installed.h"

#include <string.h>

#include "base/mem.h"

/* Names become parts of paths and of dpkg's own files: only the characters of Policy 5.6.1 are allowed. */
static bool is_name(const char *s)
{
	return *s && strchr("abcdefghijklmnopqrstuvwxyz0123456789", *s) && strlen(s) < 128 &&
	       !s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789.+-")];
}

static const char *field(struct arena *arena, struct slice stanza, const char *name)
{
	struct slice value = control_get(stanza, name);

	return value.at && value.len ? arena_dup(arena, value.at, value.len) : NULL;
}

struct err *installed_read(struct arena *arena, const struct cached_package *p, size_t group,
			   struct installed *ret)
{
	const struct cached_package_member *m = cached_package_member(p, "control");
	struct control c = { m ? m->bytes : "", m ? m->bytes + m->len : "" };
	struct installed i = { .pack = p, .group = group };

	if (!m || !control_next(&c, &i.stanza))
		return err_new(ERR_BUILD, "a package without control file");
	i.name = field(arena, i.stanza, "Package");
	i.version = field(arena, i.stanza, "Version");
	i.architecture = field(arena, i.stanza, "Architecture");
	if (!i.name || !i.version || !i.architecture || !is_name(i.name) || !is_name(i.architecture))
		return err_new(ERR_BUILD,
			       "package %s: its control file has no usable Package, Version and Architecture",
			       i.name ? i.name : "?");
	i.info = i.name;
	if (control_is(control_get(i.stanza, "Multi-Arch"), "same")) {
		AUTO_FREE char *info = mem_printf("%s:%s", i.name, i.architecture);
		i.info = arena_dup(arena, info, strlen(info));
	}
	struct slice replaces = control_get(i.stanza, "Replaces");
	struct relation *relations = NULL;
	if (replaces.at)
		TRY_AS(relation_parse(arena, replaces, &relations, &i.replaces_count), "Replaces of %s",
		       i.name);
	i.replaces = relations;
	*ret = i;
	return NULL;
}

bool installed_replaces(const struct installed *a, const struct installed *b)
{
	for (size_t i = 0; i < a->replaces_count; i++)
		for (size_t k = 0; k < a->replaces[i].count; k++) {
			const struct alternative *r = &a->replaces[i].alternatives[k];
			if (!strcmp(r->name, b->name) && relation_fits(r, b->version))
				return true;
		}
	return false;
}

bool installed_line(struct slice *text, struct slice *ret_line)
{
	while (text->len) {
		const char *newline = memchr(text->at, '\n', text->len);
		size_t len = newline ? (size_t)(newline - text->at) : text->len;
		const char *comment = memchr(text->at, '#', len);
		struct slice line = { text->at, comment ? (size_t)(comment - text->at) : len };
		text->at += len + (newline != NULL);
		text->len -= len + (newline != NULL);
		while (line.len && strchr(" \t\r", line.at[line.len - 1]))
			line.len--;
		while (line.len && strchr(" \t", *line.at)) {
			line.at++;
			line.len--;
		}
		if (line.len) {
			*ret_line = line;
			return true;
		}
	}
	return false;
}
