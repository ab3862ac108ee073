/* SPDX-License-Identifier: MIT */
/* How much memory and how many processors this container may use, and what follows for
 * MariaDB and the web workers. */
#pragma once
#include "lib/bench.h"

struct resource_plan {
	uint64_t total_bytes; /* the least of the machine's and of every limit above us */
	unsigned processors;
	/* InnoDB's buffer pool: as the recipe says, and no more than three quarters of all */
	uint64_t pool_bytes;
	unsigned web_workers;
	unsigned connections; /* of each of nginx' workers */
};

/* Whatever init starts may have as many files open as it may; few of them are said. */
void resource_plan_open_files(void);
/* Reads /proc/meminfo and the control groups, both versions; root is "" but in tests. */
struct resource_plan resource_plan_make(const struct bench *b, const char *root);
/* How many processes of ours the kernel has ended because memory was short, since our control
 * group was made; -1: nobody says. */
int64_t resource_plan_killed(const char *root);
/* Whether that is enough for a bench. */
struct err *resource_plan_check(const struct resource_plan *m) MUST_CHECK;
/* Writes the option file, the workers file, and what nginx' workers may have. */
struct err *resource_plan_write(const struct bench *b, const struct resource_plan *m) MUST_CHECK;
