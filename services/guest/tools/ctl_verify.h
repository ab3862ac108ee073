/* SPDX-License-Identifier: MIT */
/* benchctl verify: checks from inside, by real operations, whether the bench works. One table of checks;
 * each check adds a row for each thing that it has looked at. Programs that have just started get some
 * seconds before a failure counts. */
#pragma once
#include "lib/bench.h"

/* {"ok": true, "checks": [{"check": "redis", "of": "redis-cache", "ok": true, "says": "…"}]}; "of" may be
 * missing; "says" has details, or the reason of a failure. */
struct ctl_verify {
	const struct bench *bench;
	const char *check; /* the check that runs */
	json_t *rows;	   /* of this check */
	size_t failed;	   /* of these */
};

/* The caller frees it. */
json_t *ctl_verify_collect(const struct bench *b);
void ctl_verify_print(const json_t *report);

/* Called by checks: adds a row. why NULL: it passed, and the text has details; else why's words become the
 * row's text, and why is freed. */
void ctl_verify_row(struct ctl_verify *v, const char *of, struct err *why, const char *fmt, ...) PRINTF(4, 5);
