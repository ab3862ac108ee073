/* SPDX-License-Identifier: MIT */
/* The search behind resolve, on numbers instead of packages. All roots are in; each need of a member is met
 * by one of its targets; members that bar each other are never in together. Needs are met depth first and
 * left to right, each by the first target that can be in. So the answer is that of a greedy walk wherever
 * such a walk works. Where it fails, the search returns to the latest choice that contributed to the failure
 * (conflict-directed backjumping). */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SOLVE_NONE UINT32_MAX

struct solve_need {
	const uint32_t *targets; /* in order of preference */
	uint32_t count;
	bool soft; /* dropped if it cannot be met */
};

struct solve_node {
	const struct solve_need *needs;
	const uint32_t *bars; /* never together with these; it is enough if one side says so */
	uint32_t need_count, bar_count;
};

struct solve;

struct solve_problem {
	uint32_t size; /* numbers are 0 .. size - 1 */
	const uint32_t *roots;
	size_t root_count;
	void *arg;
	/* Called once for each number, when it is first considered; the callee keeps the node. */
	struct err *(*open)(void *arg, uint32_t id, const struct solve_node **ret);
	/* Called at the first dead end: no target of this need can be in, or (need SOLVE_NONE) the root id
	 * itself cannot. The current members can be queried. */
	void (*stuck)(void *arg, const struct solve *s, uint32_t id, uint32_t need);
};

/* ret_solved false: no solution, or none within SOLVE_STEPS. Errors are those of open. ret is set in both
 * cases and the caller's to free. */
#define SOLVE_STEPS 1000000u
struct err *solve_run(const struct solve_problem *p, struct solve **ret, bool *ret_solved) MUST_CHECK;
bool solve_gave_up(const struct solve *s);
bool solve_has(const struct solve *s, uint32_t id);
/* The member whose need brought this one in, and that need: SOLVE_NONE for a root. */
uint32_t solve_because(const struct solve *s, uint32_t id, uint32_t *ret_need);
/* The member that excludes an opened number, or SOLVE_NONE. */
uint32_t solve_blocker(const struct solve *s, uint32_t id);
void solve_free(struct solve *s);
