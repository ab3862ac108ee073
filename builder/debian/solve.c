/* SPDX-License-Identifier: MIT */
#include "debian/solve.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"

struct bar {
	uint32_t by;
	struct bar *next;
};

struct output_file {
	const struct solve_node *node; /* NULL: not opened yet */
	struct bar *barred;	       /* by members that are in */
	uint32_t because, need;
	uint32_t level; /* 1 + number of the choice that took it; 0: a root */
	bool in;
};

/* Needs still to be met. Never changed once made, so that a pointer restores what was ahead of a choice. */
struct task {
	uint32_t id, need;
	const struct task *below;
};

/* A need for which a target had to be chosen; it is choice number level - 1. */
struct choice {
	uint32_t id, need;
	uint32_t next; /* target to try next */
	bool skipped;
	size_t trail;
	const struct task *rest;
	uint64_t *conflicts; /* one bit for each lower level that contributed to a failure here */
};

struct solve {
	struct arena arena;
	const struct solve_problem *problem;
	struct output_file *places;
	const struct task *agenda;
	struct {
		uint32_t *items;
		size_t count, room;
	} trail;
	struct {
		struct choice *items;
		size_t count, room;
	} choices;
	struct bar *spare;
	unsigned steps;
	bool told;
};

#define WORDS(level) ((level) / 64 + 1)

static struct err *open_place(struct solve *s, uint32_t id)
{
	struct output_file *p = &s->places[id];

	return p->node ? NULL : s->problem->open(s->problem->arg, id, &p->node);
}

uint32_t solve_blocker(const struct solve *s, uint32_t id)
{
	const struct output_file *p = &s->places[id];

	if (p->barred)
		return p->barred->by;
	for (uint32_t i = 0; i < p->node->bar_count; i++)
		if (s->places[p->node->bars[i]].in)
			return p->node->bars[i];
	return SOLVE_NONE;
}

static void take(struct solve *s, uint32_t id, uint32_t because, uint32_t need)
{
	struct output_file *p = &s->places[id];

	p->in = true;
	p->because = because;
	p->need = need;
	p->level = (uint32_t)s->choices.count;
	for (uint32_t i = 0; i < p->node->bar_count; i++) {
		struct bar *bar = s->spare ? s->spare : arena_new(&s->arena, sizeof *bar);
		struct output_file *other = &s->places[p->node->bars[i]];
		if (s->spare)
			s->spare = bar->next;
		*bar = (struct bar){ id, other->barred };
		other->barred = bar;
	}
	VEC_PUSH(&s->trail, id);
}

/* Removes the latest members. Bars are removed in reverse order, so each is the first of its list. */
static void undo(struct solve *s, size_t trail)
{
	while (s->trail.count > trail) {
		struct output_file *p = &s->places[s->trail.items[--s->trail.count]];
		p->in = false;
		for (uint32_t i = p->node->bar_count; i-- > 0;) {
			struct output_file *other = &s->places[p->node->bars[i]];
			struct bar *bar = other->barred;
			other->barred = bar->next;
			bar->next = s->spare;
			s->spare = bar;
		}
	}
}

static const struct task *task_new(struct solve *s, uint32_t id, uint32_t need, const struct task *below)
{
	struct task *t = arena_new(&s->arena, sizeof *t);

	*t = (struct task){ id, need, below };
	return t;
}

static void blame(struct choice *c, uint32_t level)
{
	if (level)
		c->conflicts[level / 64] |= UINT64_C(1) << level % 64;
}

static void tell(struct solve *s, uint32_t id, uint32_t need)
{
	if (!s->told)
		s->problem->stuck(s->problem->arg, s, id, need);
	s->told = true;
}

/* Takes the choice's next possible target; ret is false if none is left. */
static struct err *advance(struct solve *s, struct choice *c, bool *ret)
{
	const struct solve_need *need = &s->places[c->id].node->needs[c->need];

	*ret = true;
	while (c->next < need->count) {
		uint32_t id = need->targets[c->next++];
		TRY(open_place(s, id));
		uint32_t blocker = solve_blocker(s, id);
		if (blocker == SOLVE_NONE) {
			take(s, id, c->id, c->need);
			s->agenda = task_new(s, id, 0, c->rest);
			return NULL;
		}
		blame(c, s->places[blocker].level);
	}
	if (need->soft && !c->skipped) {
		c->skipped = true;
		s->agenda = c->rest;
		return NULL;
	}
	tell(s, c->id, c->need);
	*ret = false;
	return NULL;
}

/* The highest level that contributed to a choice's failure; 0: only the roots. */
static uint32_t latest_blamed(const struct choice *c, uint32_t level)
{
	for (size_t w = WORDS(level); w-- > 0;)
		if (c->conflicts[w])
			return (uint32_t)(w * 64 + 63) - (uint32_t)__builtin_clzll(c->conflicts[w]);
	return 0;
}

/* Ends the choices above level and passes what the top one learned to the one at level. */
static struct choice *fall_back(struct solve *s, uint32_t level)
{
	struct choice *to = &s->choices.items[level - 1], *top = &s->choices.items[s->choices.count - 1];

	top->conflicts[level / 64] &= ~(UINT64_C(1) << level % 64);
	for (size_t w = 0; w < WORDS(level); w++)
		to->conflicts[w] |= top->conflicts[w];
	while (s->choices.count > level)
		free(s->choices.items[--s->choices.count].conflicts);
	undo(s, to->trail);
	return to;
}

static struct err *choose(struct solve *s, uint32_t id, uint32_t need, const struct task *rest, bool *ret)
{
	uint32_t level = (uint32_t)s->choices.count + 1;
	bool moved;

	VEC_PUSH(&s->choices,
		 (struct choice){ .id = id, .need = need, .rest = rest, .trail = s->trail.count });
	struct choice *c = &s->choices.items[level - 1];
	c->conflicts = mem_array(WORDS(level), sizeof *c->conflicts);
	blame(c, s->places[id].level);
	for (;;) {
		TRY(advance(s, c, &moved));
		level = moved ? 0 : latest_blamed(c, (uint32_t)s->choices.count);
		if (!level)
			break;
		c = fall_back(s, level);
	}
	*ret = moved;
	return NULL;
}

static bool is_met(const struct solve *s, const struct solve_need *need)
{
	for (uint32_t i = 0; i < need->count; i++)
		if (s->places[need->targets[i]].in)
			return true;
	return false;
}

static struct err *search(struct solve *s, bool *ret)
{
	*ret = true;
	while (s->agenda && *ret) {
		const struct task *t = s->agenda;
		const struct solve_node *node = s->places[t->id].node;
		uint32_t need = t->need;
		while (need < node->need_count && is_met(s, &node->needs[need]))
			need++;
		if (need == node->need_count)
			s->agenda = t->below;
		else if (++s->steps > SOLVE_STEPS)
			*ret = false;
		else
			TRY(choose(s, t->id, need, task_new(s, t->id, need + 1, t->below), ret));
	}
	return NULL;
}

static struct err *take_roots(struct solve *s, bool *ret)
{
	const struct solve_problem *p = s->problem;

	*ret = true;
	for (size_t i = 0; i < p->root_count && *ret; i++) {
		uint32_t id = p->roots[i];
		TRY(open_place(s, id));
		if (s->places[id].in)
			continue;
		if (solve_blocker(s, id) == SOLVE_NONE) {
			take(s, id, SOLVE_NONE, SOLVE_NONE);
		} else {
			tell(s, id, SOLVE_NONE);
			*ret = false;
		}
	}
	for (size_t i = p->root_count; i-- > 0;)
		s->agenda = task_new(s, p->roots[i], 0, s->agenda);
	return NULL;
}

struct err *solve_run(const struct solve_problem *p, struct solve **ret, bool *ret_solved)
{
	struct solve *s = mem_new(sizeof *s);

	s->problem = p;
	s->places = mem_array(p->size, sizeof *s->places);
	struct err *e = take_roots(s, ret_solved);
	if (!e && *ret_solved)
		e = search(s, ret_solved);
	if (e)
		solve_free(s);
	else
		*ret = s;
	return e;
}

bool solve_gave_up(const struct solve *s)
{
	return s->steps > SOLVE_STEPS;
}

bool solve_has(const struct solve *s, uint32_t id)
{
	return s->places[id].in;
}

uint32_t solve_because(const struct solve *s, uint32_t id, uint32_t *ret_need)
{
	if (ret_need)
		*ret_need = s->places[id].need;
	return s->places[id].because;
}

void solve_free(struct solve *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->choices.count; i++)
		free(s->choices.items[i].conflicts);
	free(s->choices.items);
	free(s->trail.items);
	free(s->places);
	arena_done(&s->arena);
	free(s);
}
