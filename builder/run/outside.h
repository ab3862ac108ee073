/* SPDX-License-Identifier: MIT */
/* Whether a bench works as its visitors see it: one table of checks through the published port. */
#pragma once
#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"

struct outside {
	const json_t *bench;     /* bench.json (services/guest/README.md) */
	unsigned port;           /* of 127.0.0.1 */
	/* Takes each result; e NULL: it went well, and says tells how. e is the taker's. */
	void (*take)(void *arg, const char *check, const char *of, struct err *e, const char *says);
	void *arg;
	const char *check;       /* the one that runs */
};

/* The number of the check to come: 0 is the first. False when there is none any more. */
bool outside_check(struct outside *o, size_t number);

/* What people are shown, and may paste, is a host name. ERR_BUILD when a site has none, or another thing in its place; path is the
 * image's. Before all that reads the sites. */
struct err *outside_sites(const json_t *bench, const char *path) MUST_CHECK;
