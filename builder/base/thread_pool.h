/* SPDX-License-Identifier: MIT */
/* A job cut into parts, which a few threads take one after another. */
#pragma once
#include <stddef.h>

#include "base/err.h"

#define THREAD_POOL_MOST 8u

/* How many threads this process may keep busy, from 1 to THREAD_POOL_MOST. */
unsigned thread_pool_size(void);

/* One part's work. A worker, numbered from 0, does one part at a time: what it needs
 * for itself is an array's element. */
typedef struct err *thread_pool_work(void *arg, unsigned worker, size_t part);

/* Every part once, begun in their order, by at most size workers. The caller is worker 0, so it
 * goes on where no thread can be had. After a failure no part is begun; of several failures the one
 * of the lowest part comes back. */
struct err *thread_pool_run(unsigned size, size_t parts, thread_pool_work *work, void *arg) MUST_CHECK;
