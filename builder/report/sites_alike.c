/* SPDX-License-Identifier: MIT */
#include "report/sites_alike.h"

#include <jansson.h>
#include <string.h>

#include "base/mem.h"

#define FOLDER "usr/lib/mkbench/sites"
#define LIST FOLDER "/list.json"
#define OWN FOLDER "/sites/"

struct comparison {
	struct text *says;
	size_t bad, tables, files;
	int64_t rows;
};

static void differs(struct comparison *c, const char *what, const char *name, const char *how)
{
	text_printf(c->says, "%s %s: %s\n", what, name, how);
	c->bad++;
}

static json_t *read_list(const struct contents *c)
{
	const struct entry *e = contents_find(c, LIST);
	const char *text = NULL;
	size_t len = 0;

	if (e)
		text = contents_text(e, &len);
	return len ? json_loadb(text, len, 0, NULL) : NULL;
}

static void compare_numbers(struct comparison *c, const char *table, const json_t *a, const json_t *b)
{
	AUTO_FREE char *how = mem_printf("%lld and %lld rows", (long long)json_integer_value(a),
					 (long long)json_integer_value(b));

	if (!json_equal(a, b))
		differs(c, "table", table, how);
	c->rows += json_integer_value(a);
}

/* Compares one site's tables; their names are the keys of "columns". */
static void compare_tables(struct comparison *c, const json_t *a, const json_t *b)
{
	const json_t *columns = json_object_get(a, "columns"), *others = json_object_get(b, "columns");
	const char *table;
	json_t *value;

	json_object_foreach((json_t *)columns, table, value)
	{
		c->tables++;
		if (!json_object_get(others, table))
			differs(c, "table", table, "only the first image has it");
		else if (!json_equal(value, json_object_get(others, table)))
			differs(c, "table", table, "other columns");
		else if (!json_equal(json_object_get(json_object_get(a, "keys"), table),
				     json_object_get(json_object_get(b, "keys"), table)))
			differs(c, "table", table, "other keys");
		else
			compare_numbers(c, table, json_object_get(json_object_get(a, "rows"), table),
					json_object_get(json_object_get(b, "rows"), table));
	}
	json_object_foreach((json_t *)others, table, value) if (!json_object_get(columns, table))
		differs(c, "table", table, "only the second image has it");
}

static void compare_lists(struct comparison *c, const json_t *a, const json_t *b)
{
	const json_t *shapes = json_object_get(a, "shapes"), *others = json_object_get(b, "shapes");
	const char *site;
	json_t *shape;

	if (!shapes || !others || !json_equal(json_object_get(a, "sites"), json_object_get(b, "sites"))) {
		differs(c, "the list", LIST, "it does not name the same sites in both");
		return;
	}
	json_object_foreach((json_t *)shapes, site, shape)
		compare_tables(c, shape, json_object_get(others, site));
}

static void compare_entry(struct comparison *c, const struct entry *e, const struct entry *other)
{
	c->files++;
	if (!other)
		differs(c, "file", e->path, "only the first image has it");
	else if (e->kind != other->kind || e->mode != other->mode || e->uid != other->uid ||
		 e->gid != other->gid || strcmp(e->link ? e->link : "", other->link ? other->link : ""))
		differs(c, "file", e->path, "another kind, mode or owner");
	else if (text_starts(e->path, OWN) && !digest_equal(&e->sha256, &other->sha256))
		differs(c, "file", e->path, "other bytes");
}

static void compare_files(struct comparison *c, const struct tree *a, const struct tree *b)
{
	for (size_t i = 0; i < a->count; i++)
		if (tree_within(a->items[i].path, FOLDER))
			compare_entry(c, &a->items[i], tree_find(b, a->items[i].path));
	for (size_t i = 0; i < b->count; i++)
		if (tree_within(b->items[i].path, FOLDER) && !tree_find(a, b->items[i].path))
			differs(c, "file", b->items[i].path, "only the second image has it");
}

bool sites_alike(const struct contents *a, const struct contents *b, struct text *says)
{
	struct comparison c = { .says = says };
	json_t *first = read_list(a), *second = read_list(b);

	compare_lists(&c, first, second);
	compare_files(&c, &a->tree, &b->tree);
	if (!c.bad)
		text_printf(says,
			    "the sites are equal by what they hold: %zu sites, %zu tables with their "
			    "columns, keys and numbers of rows (%lld), %zu names of files\n",
			    json_array_size(json_object_get(first, "sites")), c.tables, (long long)c.rows,
			    c.files);
	json_decref(first);
	json_decref(second);
	return !c.bad;
}
