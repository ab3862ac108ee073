/* SPDX-License-Identifier: MIT */
/* benchctl verify: whether the bench works, asked from inside it by real operations. One table of
 * checks; each adds a row for each thing that it looked at. What has just been started is given some
 * seconds before its word counts. */
#pragma once
#include "lib/bench.h"

/* {"ok": true, "checks": [{"check": "redis", "of": "redis-cache", "ok": true, "says": "…"}]}; "of" may be
 * missing; "says" has details, or the reason. */
struct ctl_verify {
	const struct bench *bench;
	const char *check; /* the one that runs */
	json_t *rows;	   /* of this check */
	size_t failed;	   /* of these */
};

/* The caller's. */
json_t *ctl_verify_collect(const struct bench *b);
void ctl_verify_print(const json_t *report);

/* For the checks: a row. why NULL: it went well, and the text says how; else its words
 * are the row's, and it is freed. */
void ctl_verify_row(struct ctl_verify *v, const char *of, struct err *why, const char *fmt, ...) PRINTF(4, 5);
