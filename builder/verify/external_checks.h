/* SPDX-License-Identifier: MIT */
/* Whether a bench works as its visitors see it: one table of checks through the published port. */
#pragma once
#include <stdbool.h>

#include "contract/bench_json.h"

struct external_checks {
	const struct bench *bench;
	unsigned port; /* of 127.0.0.1 */
	/* Takes each result; e NULL: it went well, and says tells how. e is the taker's. */
	void (*take)(void *arg, const char *check, const char *of, struct err *e, const char *says);
	void *arg;
	const char *check; /* the one that runs */
};

/* The number of the check to come: 0 is the first. False when there is none any more. */
bool external_checks_run(struct external_checks *o, size_t number);
