/* SPDX-License-Identifier: MIT */
/* A job split into parts that a few threads work through. */
#pragma once
#include <stddef.h>

#include "base/err.h"

#define THREAD_POOL_MOST 8u

/* How many threads this process should use, from 1 to THREAD_POOL_MOST. */
unsigned thread_pool_size(void);

/* Works on one part. Workers are numbered from 0 and do one part at a time, so each can have its own element
 * of an array. */
typedef struct err *thread_pool_work(void *arg, unsigned worker, size_t part);

/* Runs every part once, in order, by at most size workers. The caller is worker 0, so the work is done even
 * if no thread can be started. After a failure no further part begins; of several failures the one of the
 * lowest part is returned. */
struct err *thread_pool_run(unsigned size, size_t parts, thread_pool_work *work, void *arg) MUST_CHECK;
