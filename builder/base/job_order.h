/* SPDX-License-Identifier: MIT */
/* Jobs of which some need others: each begins once those are done, several at the same time. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct job_order {
	size_t count;
	/* whether that job needs an earlier one, that is, one of a lower number */
	bool (*needs)(void *arg, size_t job, size_t earlier);
	/* does it; workers are numbered from 0 and do one job at a time */
	struct err *(*work)(void *arg, unsigned worker, size_t job);
	/* or NULL; called once, after the first failure: the jobs that still run should end soon */
	void (*stop)(void *arg);
	void *arg;
};

/* Does every job once, by at most size workers (THREAD_POOL_MOST); of those that may begin, the lowest does.
 * The caller is worker 0. By one worker they are done in the order of their numbers. After a failure no
 * further job begins; the first failure is returned. */
struct err *job_order_run(unsigned size, const struct job_order *o) MUST_CHECK;
