/* SPDX-License-Identifier: MIT */
/* Moves one package of a lock to its newest version, with what must move along. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "debian/relation.h"
#include "plan/plan.h"

/* A lock in which some packages move to the newly chosen versions. */
struct moving {
	const struct index *index;
	const struct lock *fresh;
	struct lock *lock;
	struct arena arena;
	struct {
		struct lock_package *items;
		size_t count, room;
	} rows; /* the new rows of the lock */
	struct {
		const char **items;
		size_t count, room;
	} todo, done;
};

static const struct lock_package *find(const struct lock_package *rows, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

static void move(struct moving *m, const char *name)
{
	for (size_t i = 0; i < m->done.count; i++)
		if (!strcmp(m->done.items[i], name))
			return;
	VEC_PUSH(&m->done, name);
	VEC_PUSH(&m->todo, name);
}

static bool provides(const struct moving *m, const struct alternative *a, const struct lock_package *row)
{
	const struct provider *providers;
	size_t count = index_providers(m->index, a->name, &providers);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(providers[i].package->name, row->name) &&
		    !strcmp(providers[i].package->version, row->version) &&
		    relation_fits(a, providers[i].version))
			return true;
	return false;
}

static const struct lock_package *meets(const struct moving *m, const struct lock_package *rows, size_t count,
					const struct relation *r)
{
	for (size_t i = 0; i < r->count; i++)
		for (size_t k = 0; k < count; k++)
			if ((!strcmp(rows[k].name, r->alternatives[i].name) &&
			     relation_fits(&r->alternatives[i], rows[k].version)) ||
			    provides(m, &r->alternatives[i], &rows[k]))
				return &rows[k];
	return NULL;
}

/* Dependencies that need another version than the lock has move, too. */
static struct err *follow(struct moving *m, const struct package *p)
{
	static const char *const fields[] = { "Pre-Depends", "Depends" };

	for (size_t f = 0; f < COUNT(fields); f++) {
		struct relation *relations;
		size_t count;
		TRY(relation_parse(&m->arena, control_get(p->stanza, fields[f]), &relations, &count));
		for (size_t i = 0; i < count; i++) {
			if (meets(m, m->rows.items, m->rows.count, &relations[i]))
				continue;
			const struct lock_package *row =
				meets(m, m->fresh->packages, m->fresh->package_count, &relations[i]);
			if (!row)
				return err_new(ERR_BUILD, "%s needs %s, which no package meets", p->name,
					       relations[i].text);
			move(m, row->name);
		}
	}
	return NULL;
}

/* Packages of one source must have matching versions. */
static void follow_siblings(struct moving *m, const struct package *p)
{
	for (size_t i = 0; i < m->rows.count; i++) {
		const struct package *other = index_find(m->index, m->rows.items[i].name);
		if (other && !strcmp(other->source, p->source) &&
		    find(m->fresh->packages, m->fresh->package_count, other->name))
			move(m, other->name);
	}
}

static void put(struct moving *m, const struct lock_package *row)
{
	for (size_t i = 0; i < m->rows.count; i++)
		if (!strcmp(m->rows.items[i].name, row->name)) {
			m->rows.items[i] = *row;
			return;
		}
	VEC_PUSH(&m->rows, *row);
}

static struct err *move_all(struct moving *m)
{
	for (size_t i = 0; i < m->todo.count; i++) {
		const char *name = m->todo.items[i];
		const struct lock_package *row = find(m->fresh->packages, m->fresh->package_count, name);
		const struct package *p = row ? index_find(m->index, name) : NULL;
		if (!p)
			return err_new(
				ERR_RECIPE,
				"%s is no longer needed or available: run 'mkbench lock' without --update to "
				"resolve everything again",
				name);
		put(m, row);
		follow_siblings(m, p);
		TRY(follow(m, p));
	}
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct lock_package *)a)->name, ((const struct lock_package *)b)->name);
}

static const char *keep(struct lock *l, const char *text)
{
	return text ? arena_dup(&l->arena, text, strlen(text)) : NULL;
}

static void write_rows(struct moving *m)
{
	struct lock *l = m->lock;

	if (m->rows.count)
		qsort(m->rows.items, m->rows.count, sizeof *m->rows.items, by_name);
	l->packages = arena_new(&l->arena, m->rows.count * sizeof *l->packages);
	l->package_count = m->rows.count;
	for (size_t i = 0; i < m->rows.count; i++) {
		struct lock_package row = m->rows.items[i];
		row.name = keep(l, row.name);
		row.version = keep(l, row.version);
		row.architecture = keep(l, row.architecture);
		row.archive = keep(l, row.archive);
		row.filename = keep(l, row.filename);
		row.because = keep(l, row.because);
		l->packages[i] = row;
	}
}

struct err *plan_update(const struct index *ix, const struct lock *fresh, const char *const *names,
			size_t count, struct lock *l)
{
	struct moving m = { .index = ix, .fresh = fresh, .lock = l };

	for (size_t i = 0; i < l->package_count; i++)
		VEC_PUSH(&m.rows, l->packages[i]);
	for (size_t i = 0; i < count; i++)
		move(&m, names[i]);
	struct err *e = move_all(&m);
	if (!e)
		write_rows(&m);
	free(m.rows.items);
	free(m.todo.items);
	free(m.done.items);
	arena_done(&m.arena);
	return e;
}
