/* SPDX-License-Identifier: MIT */
#include "build/beside.h"

#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"

#define LOWER 5 /* of nice(1); on Linux a thread has its own, and those that it starts have it, too */

static void *run(void *arg)
{
	struct beside *b = arg;

	setpriority(PRIO_PROCESS, (id_t)gettid(), getpriority(PRIO_PROCESS, 0) + LOWER);
	b->failed = b->work(b->arg);
	return NULL;
}

void beside_begin(struct beside *b, struct err *(*work)(void *arg), void *arg)
{
	*b = (struct beside){ .work = work, .arg = arg };
	b->threaded = !pthread_create(&b->thread, NULL, run, b);
	if (!b->threaded)
		b->failed = work(arg);
}

struct err *beside_end(struct beside *b, struct err *e)
{
	if (b->threaded)
		pthread_join(b->thread, NULL);
	b->threaded = false;
	if (!e)
		return TAKE(b->failed);
	err_free(TAKE(b->failed));
	return e;
}
