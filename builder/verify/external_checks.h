/* SPDX-License-Identifier: MIT */
/* Checks that a bench works for its visitors: one table of checks through the published port. */
#pragma once
#include <stdbool.h>

#include "contract/bench_json.h"

struct external_checks {
	const struct bench *bench;
	unsigned port; /* of 127.0.0.1 */
	/* Receives each result; e NULL: success, and says describes it. e is the callee's to free. */
	void (*take)(void *arg, const char *check, const char *of, struct err *e, const char *says);
	void *arg;
	const char *check; /* the current one */
};

/* Runs the check of that number, from 0. False if there is none. */
bool external_checks_run(struct external_checks *o, size_t number);
