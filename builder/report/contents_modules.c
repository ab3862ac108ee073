/* SPDX-License-Identifier: MIT */
#include "report/contents_modules.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "debian/control.h"

struct list {
	struct contents_package *items;
	size_t count, room;
};

static const char *keep(struct contents *c, const char *text, size_t len)
{
	return text ? arena_dup(&c->arena, text, len) : NULL;
}

/* METADATA begins with a control stanza, up to the first empty line. */
static void add_python(struct contents *c, struct list *list, size_t at)
{
	size_t len;
	const char *text = contents_text(&c->tree.items[at], &len), *path = c->tree.items[at].path;
	struct control walk = { text, text + len };
	struct slice stanza;

	if (!control_next(&walk, &stanza))
		return;
	struct slice name = control_get(stanza, "Name"), version = control_get(stanza, "Version");
	struct slice license = control_get(stanza, "License-Expression");
	license = license.at ? license : control_get(stanza, "License");
	bool short_word = license.len && license.len < 100 && !memchr(license.at, '\n', license.len);
	if (!name.len || !version.len)
		return;
	VEC_PUSH(list,
		 (struct contents_package){ .kind = PACKAGE_PYTHON,
					    .name = keep(c, name.at, name.len),
					    .version = keep(c, version.at, version.len),
					    .license = short_word ? keep(c, license.at, license.len) : NULL,
					    .path = keep(c, path, strlen(path)),
					    .layer = c->layer_of[at] });
}

/* node_modules/NAME/package.json and node_modules/@SCOPE/NAME/package.json; deeper ones are a module's own
 * parts. Debian's modules are in usr/share/nodejs. */
static bool is_module(const char *path)
{
	const char *last = NULL;
	size_t depth = 0;

	for (const char *at = path; (at = strstr(at, "node_modules/")); at += strlen("node_modules/"))
		if (at == path || at[-1] == '/')
			last = at + strlen("node_modules/");
	if (!last && text_starts(path, "usr/share/nodejs/"))
		last = path + strlen("usr/share/nodejs/");
	for (const char *at = last; at && *at; at++)
		depth += *at == '/';
	return last && depth == (*last == '@' ? 2u : 1u);
}

static const char *json_word(struct contents *c, const json_t *object, const char *key)
{
	const char *word = json_string_value(json_object_get(object, key));

	return word && *word ? keep(c, word, strlen(word)) : NULL;
}

static void add_node(struct contents *c, struct list *list, size_t at)
{
	size_t len;
	const char *text = contents_text(&c->tree.items[at], &len), *path = c->tree.items[at].path;
	json_t *object = json_loadb(text, len, 0, NULL);
	const char *name = json_word(c, object, "name"), *version = json_word(c, object, "version");

	if (name && version)
		VEC_PUSH(list, (struct contents_package){ .kind = PACKAGE_NODE,
							  .name = name,
							  .version = version,
							  .license = json_word(c, object, "license"),
							  .path = keep(c, path, strlen(path)),
							  .layer = c->layer_of[at] });
	json_decref(object);
}

/* Adds an item that has its own folder in the image, from a row of bench.json. */
static void add_folder(struct contents *c, struct list *list, enum package_kind kind, const json_t *row,
		       const char *path)
{
	const struct entry *folder = tree_find(&c->tree, path + strspn(path, "/"));

	if (folder)
		VEC_PUSH(list, (struct contents_package){ .kind = kind,
							  .name = json_word(c, row, "name"),
							  .version = json_word(c, row, "version"),
							  .commit = json_word(c, row, "commit"),
							  .content = json_word(c, row, "content"),
							  .from = json_word(c, row, "from"),
							  .archive = json_word(c, row, "sha256"),
							  .path = folder->path,
							  .layer = c->layer_of[folder - c->tree.items] });
}

/* Adds what bench.json lists (services/guest/README.md); an app's folder is BENCH/apps/NAME. */
static void add_own(struct contents *c, struct list *list)
{
	size_t len, i;
	const char *text = contents_text(contents_find(c, "usr/lib/mkbench/bench.json"), &len);
	json_t *bench = json_loadb(text, len, 0, NULL), *row;
	const char *root = json_string_value(json_object_get(json_object_get(bench, "bench"), "path"));

	json_array_foreach(json_object_get(bench, "apps"), i, row)
	{
		const char *name = json_word(c, row, "name");
		AUTO_FREE char *path = name && root ? mem_printf("%s/apps/%s", root, name) : NULL;
		if (path)
			add_folder(c, list, PACKAGE_APP, row, path);
	}
	json_array_foreach(json_object_get(bench, "interpreters"), i, row)
	{
		const char *path = json_word(c, row, "path");
		if (json_word(c, row, "name") && path)
			add_folder(c, list, PACKAGE_INTERPRETER, row, path);
	}
	json_decref(bench);
}

void contents_modules(struct contents *c)
{
	struct list list = { c->packages, c->package_count, c->package_count };

	for (size_t i = 0; i < c->tree.count; i++) {
		const struct entry *e = &c->tree.items[i];
		if (e->kind != ENTRY_FILE || e->content.kind != CONTENT_MEMORY)
			continue;
		if (text_ends(e->path, "/METADATA") || text_ends(e->path, "/PKG-INFO") ||
		    text_ends(e->path, ".egg-info"))
			add_python(c, &list, i);
		else if (text_ends(e->path, "/package.json") && is_module(e->path))
			add_node(c, &list, i);
	}
	add_own(c, &list);
	c->packages = list.items;
	c->package_count = list.count;
}
