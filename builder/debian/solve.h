/* SPDX-License-Identifier: MIT */
/* The search behind resolve, on numbers instead of packages: roots are in; each
 * need of a member is met by one of its targets; members that bar each other are
 * never in together. Needs are met depth first and left to right, each by the
 * first target that can be in, so the answer is the one a greedy walk gives
 * wherever that walk works; where it does not, the search returns to the latest
 * choice that had a part in the failure (conflict-directed backjumping). */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SOLVE_NONE UINT32_MAX

struct solve_need {
	const uint32_t *targets; /* the one to prefer first */
	uint32_t count;
	bool soft; /* given up where it cannot be met */
};

struct solve_node {
	const struct solve_need *needs;
	const uint32_t *bars; /* never together with these; one side saying so is enough */
	uint32_t need_count, bar_count;
};

struct solve;

struct solve_problem {
	uint32_t size; /* numbers are 0 .. size - 1 */
	const uint32_t *roots;
	size_t root_count;
	void *arg;
	/* Asked once a number, when it is first considered; the node stays the callee's. */
	struct err *(*open)(void *arg, uint32_t id, const struct solve_node **ret);
	/* The first dead end: no target of this need can be in, or (need SOLVE_NONE) the
	 * root id itself cannot. What is in at that moment can be asked for. */
	void (*stuck)(void *arg, const struct solve *s, uint32_t id, uint32_t need);
};

/* ret_solved false: no answer, or none within SOLVE_STEPS. Errors are those of open.
 * ret is given with either result and the caller's to free. */
#define SOLVE_STEPS 1000000u
struct err *solve_run(const struct solve_problem *p, struct solve **ret, bool *ret_solved) MUST_CHECK;
bool solve_gave_up(const struct solve *s);
bool solve_has(const struct solve *s, uint32_t id);
/* Whose need brought a member in and which: SOLVE_NONE for a root. */
uint32_t solve_because(const struct solve *s, uint32_t id, uint32_t *ret_need);
/* The member that keeps an opened number out, or SOLVE_NONE. */
uint32_t solve_blocker(const struct solve *s, uint32_t id);
void solve_free(struct solve *s);
