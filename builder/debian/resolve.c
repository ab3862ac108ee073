/* SPDX-License-Identifier: MIT */
#include "debian/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "debian/relation.h"
#include "debian/solve.h"

/* Data of an opened package in addition to its node: the text of each need. */
struct opened {
	struct solve_node node;
	const struct relation *relations;
};

struct numbers {
	uint32_t *items;
	size_t count, room;
};

struct resolve {
	struct arena arena;
	const struct index *index;
	const struct resolve_request *request;
	const struct opened **opened; /* by package id */
	bool *forbidden;	      /* by package id */
	struct numbers roots;
	struct numbers scratch;
	char *obstacle; /* the first dead end, in words */
};

static void add_number(struct numbers *n, uint32_t id)
{
	for (size_t i = 0; i < n->count; i++)
		if (n->items[i] == id)
			return;
	VEC_PUSH(n, id);
}

/* Whether a dependency's ":arch" lets a package of our one architecture meet it. */
static bool arch_fits(const struct resolve *r, const struct alternative *a, const struct package *p)
{
	if (!a->arch || !strcmp(a->arch, index_architecture(r->index)))
		return true;
	return !strcmp(a->arch, "any") && p->multi_arch == MULTI_ARCH_ALLOWED;
}

/* Appends the packages that match an alternative, in order of preference. */
static void add_targets(struct resolve *r, const struct alternative *a)
{
	const struct package *p = index_find(r->index, a->name);
	const struct provider *providers;
	size_t count = index_providers(r->index, a->name, &providers);

	if (p && arch_fits(r, a, p) && relation_fits(a, p->version))
		add_number(&r->scratch, p->id);
	for (size_t i = 0; i < count; i++)
		if (arch_fits(r, a, providers[i].package) && relation_fits(a, providers[i].version))
			add_number(&r->scratch, providers[i].package->id);
}

/* The numbers collected in scratch, except one, or except the forbidden ones. */
static const uint32_t *keep_numbers(struct resolve *r, uint32_t but, uint32_t *ret_count)
{
	uint32_t *kept = arena_new(&r->arena, (r->scratch.count + 1) * sizeof *kept), count = 0;

	for (size_t i = 0; i < r->scratch.count; i++) {
		uint32_t id = r->scratch.items[i];
		if (but == SOLVE_NONE ? !r->forbidden[id] : id != but)
			kept[count++] = id;
	}
	r->scratch.count = 0;
	*ret_count = count;
	return kept;
}

struct field {
	struct relation *relations;
	size_t count;
};

static struct err *parse_field(struct resolve *r, const struct package *p, const char *name,
			       struct field *ret)
{
	TRY_AS(relation_parse(&r->arena, control_get(p->stanza, name), &ret->relations, &ret->count),
	       "%s of %s", name, p->name);
	return NULL;
}

static struct err *open_needs(struct resolve *r, const struct package *p, struct opened *o)
{
	struct field fields[3] = { 0 };
	uint32_t count = 0;

	TRY(parse_field(r, p, "Pre-Depends", &fields[0]));
	TRY(parse_field(r, p, "Depends", &fields[1]));
	if (r->request->recommends)
		TRY(parse_field(r, p, "Recommends", &fields[2]));
	size_t room = fields[0].count + fields[1].count + fields[2].count;
	struct relation *relations = arena_new(&r->arena, room * sizeof *relations);
	struct solve_need *needs = arena_new(&r->arena, room * sizeof *needs);
	for (size_t f = 0; f < COUNT(fields); f++)
		for (size_t i = 0; i < fields[f].count; i++, count++) {
			relations[count] = fields[f].relations[i];
			for (size_t j = 0; j < relations[count].count; j++)
				add_targets(r, &relations[count].alternatives[j]);
			needs[count].targets = keep_numbers(r, SOLVE_NONE, &needs[count].count);
			needs[count].soft = f == 2;
		}
	o->relations = relations;
	o->node.needs = needs;
	o->node.need_count = count;
	return NULL;
}

static struct err *open_bars(struct resolve *r, const struct package *p, struct opened *o)
{
	static const char *const names[] = { "Conflicts", "Breaks" };

	for (size_t n = 0; n < COUNT(names); n++) {
		struct field field;
		TRY(parse_field(r, p, names[n], &field));
		for (size_t i = 0; i < field.count; i++)
			add_targets(r, field.relations[i].alternatives);
	}
	o->node.bars = keep_numbers(r, p->id, &o->node.bar_count);
	return NULL;
}

static struct err *open_package(void *arg, uint32_t id, const struct solve_node **ret)
{
	struct resolve *r = arg;
	const struct package *p = index_at(r->index, id);
	struct opened *o = arena_new(&r->arena, sizeof *o);

	TRY(open_needs(r, p, o));
	TRY(open_bars(r, p, o));
	r->opened[id] = o;
	*ret = &o->node;
	return NULL;
}

/* "a needs b needs c": why a member is in. */
static void put_chain(struct text *t, const struct resolve *r, const struct solve *s, uint32_t id)
{
	uint32_t because = solve_because(s, id, NULL);

	if (because != SOLVE_NONE) {
		put_chain(t, r, s, because);
		text_put(t, " needs ");
	}
	text_put(t, index_at(r->index, id)->name);
}

/* Explains why an alternative has no target. */
static void put_absence(struct text *t, const struct resolve *r, const struct alternative *a)
{
	const struct package *p = index_find(r->index, a->name);
	const struct provider *unused;

	if (p && r->forbidden[p->id])
		text_printf(t, "%s is forbidden", a->name);
	else if (p && !relation_fits(a, p->version))
		text_printf(t, "%s is there as %s only", a->name, p->version);
	else if (p || index_providers(r->index, a->name, &unused))
		text_printf(t, "nothing that may be chosen fits %s%s%s", a->name, a->arch ? ":" : "",
			    a->arch ? a->arch : "");
	else
		text_printf(t, "no archive has %s", a->name);
}

static void put_blocker(struct text *t, const struct resolve *r, const struct solve *s, uint32_t id)
{
	uint32_t blocker = solve_blocker(s, id);

	text_printf(t, "%s conflicts with %s", index_at(r->index, id)->name,
		    index_at(r->index, blocker)->name);
	if (solve_because(s, blocker, NULL) == SOLVE_NONE)
		return;
	text_put(t, " (");
	put_chain(t, r, s, blocker);
	text_put(t, ")");
}

static void note_obstacle(void *arg, const struct solve *s, uint32_t id, uint32_t need)
{
	struct resolve *r = arg;
	AUTO_TEXT struct text t = { 0 };

	if (need == SOLVE_NONE) {
		put_blocker(&t, r, s, id);
		text_put(&t, ", and both are wanted or Essential");
	} else {
		const struct relation *relation = &r->opened[id]->relations[need];
		const struct solve_need *targets = &r->opened[id]->node.needs[need];
		put_chain(&t, r, s, id);
		text_printf(&t, " needs %s, but ", relation->text);
		for (size_t i = 0; !targets->count && i < relation->count; i++) {
			text_put(&t, i ? ", " : "");
			put_absence(&t, r, &relation->alternatives[i]);
		}
		for (uint32_t i = 0; i < targets->count; i++) {
			text_put(&t, i ? ", " : "");
			put_blocker(&t, r, s, targets->targets[i]);
		}
	}
	r->obstacle = text_take(&t);
}

static struct err *unknown(const struct resolve *r, const char *name)
{
	const struct provider *providers;
	size_t count = index_providers(r->index, name, &providers);

	if (count) {
		AUTO_TEXT struct text t = { 0 };
		for (size_t i = 0; i < count && i < 5; i++)
			text_printf(&t, "%s%s", i ? ", " : "", providers[i].package->name);
		return err_new(ERR_RECIPE, "%s is a virtual package that several provide: choose one of %s%s",
			       name, t.bytes, count > 5 ? "..." : "");
	}
	AUTO_FREE const char **names = mem_array(index_count(r->index), sizeof *names);
	for (size_t i = 0; i < index_count(r->index); i++)
		names[i] = index_at(r->index, i)->name;
	const char *near = text_nearest(name, names, index_count(r->index));
	return err_new(ERR_RECIPE, "no archive has a package %s%s%s%s", name, near ? "; did you mean " : "",
		       near ? near : "", near ? "?" : "");
}

static struct err *add_wanted(struct resolve *r, const char *name)
{
	const struct package *p = index_find(r->index, name);
	const struct provider *providers;

	if (!p && index_providers(r->index, name, &providers) == 1)
		p = providers[0].package;
	if (!p)
		return unknown(r, name);
	if (r->forbidden[p->id])
		return err_new(ERR_RECIPE, "package %s is both wanted and forbidden", p->name);
	VEC_PUSH(&r->roots, p->id);
	return NULL;
}

static struct err *collect_roots(struct resolve *r)
{
	for (size_t i = 0; i < r->request->forbidden_count; i++) {
		const struct package *p = index_find(r->index, r->request->forbidden[i]);
		if (p)
			r->forbidden[p->id] = true;
	}
	for (size_t i = 0; i < index_count(r->index); i++)
		if (index_at(r->index, i)->essential)
			TRY(add_wanted(r, index_at(r->index, i)->name));
	for (size_t i = 0; i < r->request->wanted_count; i++)
		TRY(add_wanted(r, r->request->wanted[i]));
	return NULL;
}

static void report(const struct resolve *r, const struct solve *s, struct resolution *ret)
{
	size_t room = 0;

	for (uint32_t id = 0; id < index_count(r->index); id++)
		room += solve_has(s, id);
	*ret = (struct resolution){ .items = mem_array(room, sizeof *ret->items) };
	for (uint32_t id = 0; id < index_count(r->index); id++) {
		uint32_t need, because;
		if (!solve_has(s, id))
			continue;
		struct chosen *c = &ret->items[ret->count++];
		c->package = index_at(r->index, id);
		because = solve_because(s, id, &need);
		if (because == SOLVE_NONE)
			continue;
		const char *relation = r->opened[because]->relations[need].text;
		c->because = index_at(r->index, because);
		c->relation = arena_dup(&ret->arena, relation, strlen(relation));
	}
}

static struct err *resolve(struct resolve *r, struct resolution *ret)
{
	struct solve *s;
	bool solved;

	TRY(collect_roots(r));
	struct solve_problem problem = {
		.size = (uint32_t)index_count(r->index),
		.roots = r->roots.items,
		.root_count = r->roots.count,
		.arg = r,
		.open = open_package,
		.stuck = note_obstacle,
	};
	TRY(solve_run(&problem, &s, &solved));
	bool gave_up = solve_gave_up(s);
	if (solved)
		report(r, s, ret);
	solve_free(s);
	if (solved)
		return NULL;
	return err_new(ERR_BUILD, "%s: %s",
		       gave_up ? "gave up looking for packages that fit" : "no set of packages fits",
		       r->obstacle);
}

struct err *resolve_run(const struct index *ix, const struct resolve_request *req, struct resolution *ret)
{
	struct resolve r = {
		.index = ix,
		.request = req,
		.opened = mem_array(index_count(ix), sizeof *r.opened),
		.forbidden = mem_array(index_count(ix), sizeof *r.forbidden),
	};
	struct err *e = resolve(&r, ret);

	free(r.opened);
	free(r.forbidden);
	free(r.roots.items);
	free(r.scratch.items);
	free(r.obstacle);
	arena_done(&r.arena);
	return e;
}

static int by_name(const void *name, const void *chosen)
{
	return strcmp(name, ((const struct chosen *)chosen)->package->name);
}

const struct chosen *resolve_find(const struct resolution *r, const char *name)
{
	return r->count ? bsearch(name, r->items, r->count, sizeof *r->items, by_name) : NULL;
}

char *resolve_why(const struct resolution *r, const char *name)
{
	const struct chosen *c = resolve_find(r, name);
	char *why = c ? mem_dup(name) : NULL;

	while (c && c->because) {
		char *longer = mem_printf("%s needs %s", c->because->name, why);
		free(why);
		why = longer;
		c = resolve_find(r, c->because->name);
	}
	return why;
}

void resolve_done(struct resolution *r)
{
	free(r->items);
	arena_done(&r->arena);
	*r = (struct resolution){ 0 };
}
