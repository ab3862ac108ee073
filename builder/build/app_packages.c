/* SPDX-License-Identifier: MIT */
#include "build/app_packages.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "recipe/pattern.h"
#include "schema/problem.h"

#define FILE_LIMIT (1u << 20)

/* The position of the list's opening bracket, or NULL. TOML has many ways to write this; only the usual one
 * is parsed. */
static const char *find_list(const char *bytes)
{
	static const char section[] = "[deploy.dependencies.apt]", key[] = "packages";
	bool inside = false;

	for (const char *line = bytes; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		const char *c = line + strspn(line, " \t");
		if (*c == '[')
			inside = !strncmp(c, section, strlen(section));
		if (!inside || strncmp(c, key, strlen(key)))
			continue;
		c += strlen(key);
		c += strspn(c, " \t");
		if (*c == '=')
			return strchr(c, '[');
	}
	return NULL;
}

static struct err *add(struct build_context *j, size_t app, const char *bytes, const char *at, size_t len,
		       struct declared *ret)
{
	static const char known[] = "abcdefghijklmnopqrstuvwxyz0123456789+-.";
	const struct app *a = &((const struct app *)j->recipe.apps.items)[app];

	if (len < 2 || strspn(at, known) < len) {
		struct mark m = problem_mark(bytes, at);
		return err_new(ERR_RECIPE, "%s: pyproject.toml:%u:%u: '%.*s' is no Debian package's name",
			       a->name, m.line, m.column, (int)len, at);
	}
	VEC_PUSH(ret, (typeof(*ret->items)){ arena_dup(&j->lock.arena, at, len), app });
	return NULL;
}

static struct err *read_list(struct build_context *j, size_t app, const char *bytes, struct declared *ret)
{
	const char *c = find_list(bytes);

	for (c = c ? c + 1 : ""; *c && *c != ']';) {
		if (*c == '#')
			c += strcspn(c, "\n");
		else if (*c == '"' || *c == '\'') {
			size_t len = strcspn(c + 1, *c == '"' ? "\"\n" : "'\n");
			TRY(add(j, app, bytes, c + 1, len, ret));
			c += len + 1;
			c += *c == '"' || *c == '\'';
		} else
			c++;
	}
	return NULL;
}

struct err *app_packages(struct build_context *j, struct declared *ret)
{
	struct err *e = NULL;

	*ret = (struct declared){ 0 };
	for (size_t app = 0; !e && app < j->recipe.apps.count; app++) {
		const struct entry *file = tree_find(&j->sources[app].files, "pyproject.toml");
		AUTO_FREE char *bytes = NULL;
		size_t len;
		if (!file || file->kind != ENTRY_FILE || file->content.kind != CONTENT_DISK)
			continue;
		e = file_read_text(file->content.path, FILE_LIMIT, &bytes, &len);
		if (!e)
			e = read_list(j, app, bytes, ret);
	}
	return e;
}

static bool has_package(const struct lock *l, const char *name)
{
	for (size_t i = 0; i < l->package_count; i++)
		if (!strcmp(l->packages[i].name, name))
			return true;
	return false;
}

struct err *app_packages_check(struct build_context *j)
{
	struct declared all;
	const struct app *apps = j->recipe.apps.items;
	struct err *e = app_packages(j, &all);

	for (size_t i = 0; !e && i < all.count; i++)
		if (!has_package(&j->lock, all.items[i].name))
			e = err_new(ERR_RECIPE,
				    "%s lacks the Debian package '%s', which the app '%s' declares now: run "
				    "'mkbench lock %s'",
				    j->lock_path, all.items[i].name, apps[all.items[i].app].name,
				    j->recipe_path);
	free(all.items);
	return e;
}
