#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "debian/relation.h"
#include "debian/resolve.h"
#include "plan/plan.h"

/* Where each chosen package goes: a layer and all that it needs, less what lies in layers below. */
struct layering {
	const struct index *index;
	const struct resolution *chosen;
	struct arena arena;
	const char **layer;                  /* of each chosen package; NULL: not reached yet */
	const struct package **because;
	struct { size_t *items; size_t count, room; } todo;
};

static void reach(struct layering *l, const struct chosen *c, const char *layer, const struct package *because)
{
	size_t i = (size_t)(c - l->chosen->items);

	if (l->layer[i])
		return;
	l->layer[i] = layer;
	l->because[i] = because;
	VEC_PUSH(&l->todo, i);
}

/* The chosen package that meets one alternative, its own name before those who provide it. */
static const struct chosen *meets(const struct layering *l, const struct alternative *a)
{
	const struct chosen *c = resolve_find(l->chosen, a->name);
	const struct provider *providers;

	if (c && relation_fits(a, c->package->version))
		return c;
	for (size_t i = 0, count = index_providers(l->index, a->name, &providers); i < count; i++)
		if (relation_fits(a, providers[i].version) && (c = resolve_find(l->chosen, providers[i].package->name)))
			return c;
	return NULL;
}

static void follow(struct layering *l, const struct relation *r, const char *layer, const struct package *because)
{
	const struct chosen *first = NULL;

	for (size_t i = 0; i < r->count; i++) {
		const struct chosen *c = meets(l, &r->alternatives[i]);
		if (c && l->layer[c - l->chosen->items])
			return;
		if (c && !first)
			first = c;
	}
	if (first)
		reach(l, first, layer, because);
}

static struct err *follow_all(struct layering *l, const char *layer, bool recommends)
{
	static const char *const fields[] = { "Pre-Depends", "Depends", "Recommends" };

	while (l->todo.count) {
		const struct package *p = l->chosen->items[l->todo.items[--l->todo.count]].package;
		for (size_t f = 0; f < (recommends ? 3 : 2); f++) {
			struct relation *relations;
			size_t count;
			TRY(relation_parse(&l->arena, control_get(p->stanza, fields[f]), &relations, &count));
			for (size_t i = 0; i < count; i++)
				follow(l, &relations[i], layer, p);
		}
	}
	return NULL;
}

static struct err *lay(struct layering *l, const struct plan_root *roots, size_t count, bool recommends)
{
	for (size_t i = 0; i < l->chosen->count; i++)
		if (l->chosen->items[i].package->essential)
			reach(l, &l->chosen->items[i], "base", NULL);
	for (size_t i = 0; i < count; i++) {
		const struct chosen *c = meets(l, &(struct alternative){ .name = roots[i].name });
		if (c)
			reach(l, c, roots[i].layer, NULL);
		if (i + 1 == count || strcmp(roots[i].layer, roots[i + 1].layer))
			TRY(follow_all(l, roots[i].layer, recommends));
	}
	return NULL;
}

static const char *keep(struct lock *l, const char *text)
{
	return text ? arena_dup(&l->arena, text, strlen(text)) : NULL;
}

static void write_packages(const struct layering *l, const char *const *archive_names, struct lock *ret)
{
	const struct resolution *chosen = l->chosen;

	ret->packages = arena_new(&ret->arena, chosen->count * sizeof *ret->packages);
	ret->package_count = chosen->count;
	for (size_t i = 0; i < chosen->count; i++) {
		const struct package *p = chosen->items[i].package;
		ret->packages[i] = (struct lock_package){
			.name = keep(ret, p->name), .version = keep(ret, p->version),
			.architecture = keep(ret, p->architecture), .archive = keep(ret, archive_names[p->archive]),
			.filename = keep(ret, p->filename), .layer = keep(ret, l->layer[i] ? l->layer[i] : "base"),
			.because = l->because[i] ? keep(ret, l->because[i]->name) : NULL,
			.size_bytes = p->size_bytes, .sha256 = p->sha256,
		};
	}
}

struct err *plan_choose(const struct index *ix, const struct plan_root *roots, size_t root_count, bool recommends,
			const char *const *archive_names, struct lock *ret)
{
	AUTO_FREE const char **wanted = mem_array(root_count, sizeof *wanted);
	struct resolution chosen = { 0 };

	for (size_t i = 0; i < root_count; i++)
		wanted[i] = roots[i].name;
	struct resolve_request req = { .wanted = wanted, .wanted_count = root_count, .recommends = recommends };
	TRY(resolve_run(ix, &req, &chosen));
	AUTO_FREE const char **layer = mem_array(chosen.count, sizeof *layer);
	AUTO_FREE const struct package **because = mem_array(chosen.count, sizeof *because);
	struct layering l = { .index = ix, .chosen = &chosen, .layer = layer, .because = because };
	struct err *e = lay(&l, roots, root_count, recommends);
	if (!e)
		write_packages(&l, archive_names, ret);
	free(l.todo.items);
	arena_done(&l.arena);
	resolve_done(&chosen);
	return e;
}
