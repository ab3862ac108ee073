/* SPDX-License-Identifier: MIT */
/* Work beside what is built next, on a thread of its own: whoever waits for the build waits for the next
 * step, and for this only at the end, so that the step comes first. */
#pragma once
#include <pthread.h>
#include <stdbool.h>

#include "base/err.h"

struct beside {
	struct err *(*work)(void *arg); /* NULL: nothing was begun */
	void *arg;
	pthread_t thread;
	bool threaded;
	struct err *failed;
};

/* Begins; without another thread, the work is done when this returns. b stays where it is until the end. */
void beside_begin(struct beside *b, struct err *(*work)(void *arg), void *arg);
/* Waits for its end. Returns e, or without that the failure of the work. Nothing more happens if it is called
 * again. */
struct err *beside_end(struct beside *b, struct err *e) MUST_CHECK;
