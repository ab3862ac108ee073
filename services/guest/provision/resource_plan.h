/* SPDX-License-Identifier: MIT */
/* Plans memory and processors: how much this container may use, and what MariaDB, the web workers and nginx
 * get. */
#pragma once
#include "lib/bench.h"

struct resource_plan {
	uint64_t total_bytes; /* the smallest of the machine's memory and of every limit above us */
	unsigned processors;
	/* InnoDB's buffer pool: as the recipe says, and at most three quarters of the memory */
	uint64_t pool_bytes;
	unsigned web_workers;
	unsigned connections; /* for each nginx worker */
};

/* Raises the limit of open files for everything that init starts; warns when it stays low. */
void resource_plan_open_files(void);
/* Reads /proc/meminfo and the cgroups of both versions; root is "" except in tests. */
struct resource_plan resource_plan_make(const struct bench *b, const char *root);
/* How many processes the kernel has ended for lack of memory since our cgroup was made, or, on a disk, since
 * the machine started; -1: unknown. */
int64_t resource_plan_killed(const char *root);
/* Whether that is enough for a bench. */
struct err *resource_plan_check(const struct resource_plan *m) MUST_CHECK;
/* Writes the option file, the workers file, and nginx's limits. */
struct err *resource_plan_write(const struct bench *b, const struct resource_plan *m) MUST_CHECK;
