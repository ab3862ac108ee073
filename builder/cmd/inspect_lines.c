/* SPDX-License-Identifier: MIT */
#include "cmd/inspect_lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "report/report_text.h"
#include "schema/node.h"

#define RECIPE_LIMIT (1u << 20)
#define LARGEST 3u
#define TEXT_SHOWN 48
#define BAR 20u

struct share {
	const char *name;
	uint64_t bytes;
};

/* The share of one key. */
struct row {
	char *key;
	uint64_t bytes;
	struct {
		struct share *items;
		size_t count, room;
	} shares;
};

struct rows {
	struct row *items;
	size_t count, room;
};

static void count(struct rows *rows, const char *key, const char *name, uint64_t bytes)
{
	struct row *row = NULL;

	for (size_t i = 0; i < rows->count && !row; i++)
		row = strcmp(rows->items[i].key, key) ? NULL : &rows->items[i];
	if (!row) {
		VEC_PUSH(rows, (struct row){ .key = mem_dup(key) });
		row = &rows->items[rows->count - 1];
	}
	row->bytes += bytes;
	for (size_t i = 0; name && i < row->shares.count; i++)
		if (!strcmp(row->shares.items[i].name, name)) {
			row->shares.items[i].bytes += bytes;
			return;
		}
	if (name)
		VEC_PUSH(&row->shares, (struct share){ name, bytes });
}

static const struct lock_package *find_package(const struct lock *l, const char *name)
{
	for (size_t i = 0; i < l->package_count; i++)
		if (!strcmp(l->packages[i].name, name))
			return &l->packages[i];
	return NULL;
}

/* A service has its own key in the recipe, or comes with the framework. */
static char *key_of_service(const struct node *root, const char *asked)
{
	return mem_dup(node_get(root, asked) || !strcmp(asked, "framework") ? asked : "framework");
}

/* The key for a package that no other package needs. */
static char *key_of_root(const struct build_context *j, const struct node *root, const struct lock_package *p)
{
	const char *const *own = j->recipe.base.packages.items;
	const struct service_package *packages;
	size_t known = service_packages(j->services, &packages);

	for (size_t i = 0; i < j->recipe.base.packages.count; i++)
		if (!strcmp(own[i], p->name))
			return mem_printf("base/packages/%zu", i);
	for (size_t i = 0; i < known; i++)
		if (!strcmp(packages[i].name, p->name))
			return packages[i].group == GROUP_BASE ? mem_dup("base") :
								 key_of_service(root, packages[i].asked);
	return mem_dup(p->group == GROUP_BASE					     ? "base" :
		       node_get(root, "runtime") && text_starts(p->name, "python3.") ? "runtime" :
										       "apps");
}

/* The lock's chain of reasons normally ends; in an edited lock it may not. */
static char *key_of_package(const struct build_context *j, const struct node *root, const char *name)
{
	const struct lock_package *p = find_package(&j->lock, name);

	for (size_t i = 0; p && p->because && i < j->lock.package_count; i++) {
		const struct lock_package *next = find_package(&j->lock, p->because);
		p = next ? next : p;
		if (!next)
			break;
	}
	return p ? key_of_root(j, root, p) : mem_dup("base");
}

static char *key_of_file(const struct build_context *j, const struct contents *c, size_t i)
{
	const char *layer = c->layers[c->layer_of[i]].name;
	const struct app *apps = j->recipe.apps.items;

	for (size_t n = 0; n < j->recipe.apps.count; n++) {
		AUTO_FREE char *folder =
			mem_printf("%s/apps/%s", service_bench_path(j->services) + 1, apps[n].name);
		if (tree_within(c->tree.items[i].path, folder))
			return mem_printf("apps/%zu", n);
	}
	if (!strcmp(layer, "interpreters"))
		return mem_dup("runtime");
	if (!strcmp(layer, "sites"))
		return mem_dup("prebake");
	if (tree_within(c->tree.items[i].path, service_bench_path(j->services) + 1))
		return mem_dup("apps");
	return mem_dup("framework");
}

static void count_all(const struct build_context *j, const struct node *root, const struct contents *c,
		      struct rows *rows)
{
	char **keys = mem_array(c->package_count + 1, sizeof *keys);

	for (size_t i = 0; i < c->package_count; i++)
		keys[i] = c->packages[i].kind == PACKAGE_DEBIAN ?
				  key_of_package(j, root, c->packages[i].name) :
				  NULL;
	for (size_t i = 0; i < c->tree.count; i++) {
		const struct entry *e = &c->tree.items[i];
		size_t owner = c->owner_of[i];
		if (e->kind != ENTRY_FILE)
			continue;
		AUTO_FREE char *own = owner == CONTENTS_NOBODY || !keys[owner] ? key_of_file(j, c, i) : NULL;
		count(rows, own ? own : keys[owner],
		      owner == CONTENTS_NOBODY ? NULL : c->packages[owner].name, e->size_bytes);
	}
	for (size_t i = 0; i < c->package_count; i++)
		free(keys[i]);
	free(keys);
}

static int by_bytes(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return x->bytes != y->bytes ? (x->bytes < y->bytes ? 1 : -1) : strcmp(x->key, y->key);
}

static int by_share(const void *a, const void *b)
{
	const struct share *x = a, *y = b;

	return x->bytes != y->bytes ? (x->bytes < y->bytes ? 1 : -1) : strcmp(x->name, y->name);
}

/* A line without its comment and surrounding blanks; NULL: there is none. The caller's to free. */
static char *line_of(const char *text, unsigned line)
{
	for (unsigned i = 1; i < line && text; i++) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	if (!text || !line)
		return NULL;
	text += strspn(text, " \t");
	size_t len = strcspn(text, "\r\n");
	const char *comment = memmem(text, len, " #", 2);
	len = comment ? (size_t)(comment - text) : len;
	while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	return mem_ndup(text, len);
}

static json_t *row_json(const struct row *row, const struct node *root, const char *text)
{
	const struct node *value = node_find(root, "%s", row->key);
	unsigned line = value ? (value->key ? value->key->at.line : value->at.line) : 0;
	AUTO_FREE char *shown = line_of(text, line);
	json_t *largest = json_array();

	if (row->shares.count)
		qsort(row->shares.items, row->shares.count, sizeof *row->shares.items, by_share);
	for (size_t i = 0; i < row->shares.count && i < LARGEST; i++)
		json_array_append_new(largest, report_text_json(row->shares.items[i].name));
	return json_pack("{s:i, s:s, s:o, s:I, s:o}", "line", (int)line, "key", row->key, "text",
			 report_text_json(shown), "size_bytes", (json_int_t)row->bytes, "largest", largest);
}

struct err *inspect_lines(const struct build_context *j, const struct contents *c, json_t **ret)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_FREE char *text = NULL;
	const struct node *root;
	struct rows rows = { 0 };
	size_t len;

	TRY(file_read_text(j->recipe_path, RECIPE_LIMIT, &text, &len));
	TRY(node_parse(&arena, text, len, &root));
	count_all(j, root, c, &rows);
	*ret = json_array();
	if (rows.count)
		qsort(rows.items, rows.count, sizeof *rows.items, by_bytes);
	for (size_t i = 0; i < rows.count; i++) {
		json_array_append_new(*ret, row_json(&rows.items[i], root, text));
		free(rows.items[i].shares.items);
		free(rows.items[i].key);
	}
	free(rows.items);
	return NULL;
}

void inspect_lines_print(const char *recipe, const json_t *lines, struct text *out)
{
	uint64_t largest =
		(uint64_t)json_integer_value(json_object_get(json_array_get(lines, 0), "size_bytes"));

	text_put(out, "\nby line of ");
	report_text_put(out, recipe);
	text_put(out, "\n");
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *row = json_array_get(lines, i), *names = json_object_get(row, "largest");
		uint64_t bytes = (uint64_t)json_integer_value(json_object_get(row, "size_bytes"));
		const char *key = json_string_value(json_object_get(row, "key")),
			   *text = json_string_value(json_object_get(row, "text"));
		AUTO_FREE char *plain =
			text ? mem_ndup(text, strnlen(text, TEXT_SHOWN)) : mem_printf("%s, by default", key);
		AUTO_FREE char *line =
			text ? mem_printf("%lld",
					  (long long)json_integer_value(json_object_get(row, "line"))) :
			       mem_dup("");
		char size[16];
		text_printf(out, "%5s  %10s  ", line, text_size((double)bytes, size));
		report_text_put(out, plain);
		text_printf(out, "%*s ", strlen(plain) < 24 ? 24 - (int)strlen(plain) : 0, "");
		report_text_bar(out, bytes, largest, BAR);
		for (size_t n = 0; n < json_array_size(names); n++) {
			text_put(out, n ? ", " : "  ");
			report_text_put(out, json_string_value(json_array_get(names, n)));
		}
		text_put(out, "\n");
	}
}
