/* SPDX-License-Identifier: MIT */
#include "debian/solve.h"

#include <stdlib.h>

#include "base/mem.h"
#include "t.h"

#define SIZE 10
#define EACH 3

/* A problem small enough to try every set: bit i of a word is number i. */
struct puzzle {
	struct solve_node nodes[SIZE];
	struct solve_need needs[SIZE][EACH];
	uint32_t targets[SIZE][EACH][EACH], bars[SIZE][EACH];
	uint32_t roots[2];
	unsigned opened, stuck;
};

static uint32_t seed = 1;

static uint32_t roll(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 16) % below;
}

static void scramble(struct puzzle *p)
{
	*p = (struct puzzle){ .roots = { roll(SIZE), roll(SIZE) } };
	for (uint32_t i = 0; i < SIZE; i++) {
		for (uint32_t j = 0; j < EACH; j++) {
			for (uint32_t k = 0; k < EACH; k++)
				p->targets[i][j][k] = roll(SIZE);
			p->needs[i][j] = (struct solve_need){ p->targets[i][j], roll(6) ? 1 + roll(EACH) : 0,
							      !roll(5) };
			p->bars[i][j] = (i + 1 + roll(SIZE - 1)) % SIZE;
		}
		p->nodes[i] = (struct solve_node){ p->needs[i], p->bars[i], roll(EACH), roll(EACH) };
	}
}

static bool is_valid(const struct puzzle *p, unsigned set)
{
	for (uint32_t i = 0; i < SIZE; i++) {
		const struct solve_node *n = &p->nodes[i];
		if (!(set >> i & 1))
			continue;
		for (uint32_t j = 0; j < n->bar_count; j++)
			if (set >> n->bars[j] & 1)
				return false;
		for (uint32_t j = 0; j < n->need_count; j++) {
			bool met = n->needs[j].soft;
			for (uint32_t k = 0; k < n->needs[j].count; k++)
				met |= set >> n->needs[j].targets[k] & 1;
			if (!met)
				return false;
		}
	}
	return set >> p->roots[0] & set >> p->roots[1] & 1;
}

static struct err *open_node(void *arg, uint32_t id, const struct solve_node **ret)
{
	struct puzzle *p = arg;

	p->opened |= 1u << id;
	*ret = &p->nodes[id];
	return NULL;
}

static void stuck(void *arg, const struct solve *s, uint32_t id, uint32_t need)
{
	struct puzzle *p = arg;

	p->stuck++;
	if (need == SOLVE_NONE && solve_blocker(s, id) == SOLVE_NONE)
		p->stuck += 100;
}

/* The set found, or 0. */
static unsigned solved(struct puzzle *p)
{
	struct solve_problem problem = {
		.size = SIZE,
		.roots = p->roots,
		.root_count = 2,
		.arg = p,
		.open = open_node,
		.stuck = stuck,
	};
	struct solve *s;
	bool found;
	unsigned set = 0;

	err_free(solve_run(&problem, &s, &found));
	for (uint32_t i = 0; found && i < SIZE; i++)
		set |= (unsigned)solve_has(s, i) << i;
	solve_free(s);
	return set;
}

static void against_every_set(void)
{
	unsigned wrong = 0, yes = 0, back = 0;

	for (int round = 0; round < 20000; round++) {
		struct puzzle p;
		bool possible = false;
		scramble(&p);
		for (unsigned set = 0; set < 1u << SIZE && !possible; set++)
			possible = is_valid(&p, set);
		unsigned set = solved(&p);
		wrong += possible != (set != 0) || (set && !is_valid(&p, set)) || p.stuck > 1 ||
			 (!set && !p.stuck);
		yes += possible;
		back += possible && p.stuck;
	}
	ok(!wrong);
	ok(yes > 2000 && yes < 18000); /* the puzzles are worth something */
	ok(back > 200);
}

/* Left to right, depth first: 0 needs 1|2 then 3; 3 needs 2; 1 needs 4|5. */
static void order(void)
{
	static const uint32_t one_two[] = { 1, 2 }, three[] = { 3 }, two[] = { 2 }, four_five[] = { 4, 5 };
	static const struct solve_need zero[] = { { one_two, 2, false }, { three, 1, false } },
				       first[] = { { four_five, 2, false } }, third[] = { { two, 1, false } };
	struct puzzle p = { .nodes = { [0] = { zero, NULL, 2, 0 },
				       [1] = { first, NULL, 1, 0 },
				       [3] = { third, NULL, 1, 0 } } };

	ok(solved(&p) == (1u << 0 | 1u << 1 | 1u << 2 | 1u << 3 | 1u << 4));
	ok(p.opened == 31 && !p.stuck);
	static const uint32_t bar[] = { 1 }; /* 2 bars 1: the first choice of all has to be made again */
	p.nodes[2] = (struct solve_node){ NULL, bar, 0, 1 };
	ok(solved(&p) == (1u << 0 | 1u << 2 | 1u << 3));
	ok(p.stuck == 1);
	p.nodes[4] = (struct solve_node){ NULL, bar, 0, 1 }; /* 4 bars 1 */
	p.nodes[2] = (struct solve_node){ 0 };
	ok(solved(&p) == (1u << 0 | 1u << 1 | 1u << 2 | 1u << 3 | 1u << 5));
}

/* Forty independent choices, then a need that nothing meets: without jumping back
 * over the forty this would take 2^40 steps. */
static struct solve_node wide[200];
static struct solve_need wide_needs[42];
static uint32_t wide_targets[42][2];

static struct err *open_wide(void *arg, uint32_t id, const struct solve_node **ret)
{
	(void)arg;
	*ret = &wide[id];
	return id == 199 ? err_new(ERR_FETCH, "199 cannot be read") : NULL;
}

static void backjumping(void)
{
	struct puzzle p = { 0 };
	struct solve_problem problem = {
		.size = 200,
		.roots = p.roots,
		.root_count = 1,
		.arg = &p,
		.open = open_wide,
		.stuck = stuck,
	};
	struct solve *s;
	bool found;

	for (uint32_t i = 0; i < 41; i++) {
		wide_targets[i][0] = 1 + 2 * i;
		wide_targets[i][1] = 2 + 2 * i;
		wide_needs[i] = (struct solve_need){ wide_targets[i], i < 40 ? 2 : 0, false };
	}
	wide[0] = (struct solve_node){ wide_needs, NULL, 41, 0 };
	ok(!solve_run(&problem, &s, &found));
	ok(!found && !solve_gave_up(s) && p.stuck == 1);
	solve_free(s);

	wide_targets[41][0] = 199;
	wide_needs[40] = (struct solve_need){ wide_targets[41], 1, false };
	struct err *e = solve_run(&problem, &s, &found);
	ok(e && err_kind(e) == ERR_FETCH);
	err_free(e);
}

int main(void)
{
	against_every_set();
	order();
	backjumping();
	return t_done();
}
