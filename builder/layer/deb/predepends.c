/* SPDX-License-Identifier: MIT */
#include "layer/deb/predepends.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The relevant relations of one package. */
struct node {
	const struct relation *fields[3]; /* Pre-Depends, Depends, Provides */
	size_t counts[3];
};

enum { PRE_DEPENDS, DEPENDS, PROVIDES };

struct early {
	const struct installed *packages;
	size_t count;
	struct arena arena;
	struct node *nodes;
	bool *marks;
};

static struct err *read_node(struct early *x, size_t i)
{
	static const char *const names[] = { "Pre-Depends", "Depends", "Provides" };

	for (size_t f = 0; f < COUNT(names); f++) {
		struct slice field = control_get(x->packages[i].stanza, names[f]);
		struct relation *relations = NULL;
		if (field.at)
			TRY_AS(relation_parse(&x->arena, field, &relations, &x->nodes[i].counts[f]),
			       "%s of %s", names[f], x->packages[i].name);
		x->nodes[i].fields[f] = relations;
	}
	return NULL;
}

static bool answers_to(const struct early *x, size_t i, const char *name)
{
	const struct node *n = &x->nodes[i];

	if (!strcmp(x->packages[i].name, name))
		return true;
	for (size_t k = 0; k < n->counts[PROVIDES]; k++)
		if (!strcmp(n->fields[PROVIDES][k].alternatives[0].name, name))
			return true;
	return false;
}

static void mark(struct early *x, size_t i);

/* Marks every package that matches any alternative: too many do no harm. */
static void mark_field(struct early *x, const struct node *n, int field)
{
	for (size_t r = 0; n->fields[field] && r < n->counts[field]; r++)
		for (size_t a = 0; a < n->fields[field][r].count; a++)
			for (size_t i = 0; i < x->count; i++)
				if (!x->marks[i] &&
				    answers_to(x, i, n->fields[field][r].alternatives[a].name))
					mark(x, i);
}

static void mark(struct early *x, size_t i)
{
	x->marks[i] = true;
	mark_field(x, &x->nodes[i], PRE_DEPENDS);
	mark_field(x, &x->nodes[i], DEPENDS);
}

struct err *predepends_mark(const struct installed *packages, size_t count, bool *ret)
{
	AUTO_FREE struct node *nodes = mem_array(count, sizeof *nodes);
	struct early x = { .packages = packages, .count = count, .nodes = nodes, .marks = ret };
	struct err *e = NULL;

	memset(ret, 0, count * sizeof *ret);
	for (size_t i = 0; !e && i < count; i++)
		e = read_node(&x, i);
	for (size_t i = 0; !e && i < count; i++) {
		if (!ret[i] && control_is(control_get(packages[i].stanza, "Essential"), "yes"))
			mark(&x, i);
		mark_field(&x, &nodes[i], PRE_DEPENDS);
	}
	arena_done(&x.arena);
	return e;
}
