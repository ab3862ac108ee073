/* SPDX-License-Identifier: MIT */
#include "base/thread_pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

#include "base/mem.h"

struct crew {
	thread_pool_work *work;
	void *arg;
	size_t parts;
	pthread_mutex_t lock;
	size_t next, failed_part; /* under lock, as the failure */
	struct err *failed;
};

struct member {
	struct crew *crew;
	unsigned number;
};

unsigned thread_pool_size(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof set, &set) < 0 ? 1 : CPU_COUNT(&set);

	return n < 1 ? 1 : n > (int)THREAD_POOL_MOST ? THREAD_POOL_MOST : (unsigned)n;
}

static bool take(struct crew *c, size_t *ret)
{
	pthread_mutex_lock(&c->lock);
	bool more = !c->failed && c->next < c->parts;
	if (more)
		*ret = c->next++;
	pthread_mutex_unlock(&c->lock);
	return more;
}

static void fail(struct crew *c, struct err *e, size_t part)
{
	pthread_mutex_lock(&c->lock);
	if (!c->failed || part < c->failed_part) {
		struct err *later = c->failed;
		c->failed = e;
		c->failed_part = part;
		e = later;
	}
	pthread_mutex_unlock(&c->lock);
	err_free(e);
}

static void *do_parts(void *arg)
{
	const struct member *m = arg;

	for (size_t part; take(m->crew, &part);) {
		struct err *e = m->crew->work(m->crew->arg, m->number, part);
		if (e)
			fail(m->crew, e, part);
	}
	return NULL;
}

struct err *thread_pool_run(unsigned size, size_t parts, thread_pool_work *work, void *arg)
{
	struct crew c = { .work = work, .arg = arg, .parts = parts, .lock = PTHREAD_MUTEX_INITIALIZER };
	struct member members[THREAD_POOL_MOST];
	pthread_t threads[THREAD_POOL_MOST];
	unsigned started = 1;

	members[0] = (struct member){ &c, 0 };
	for (; started < size && started < THREAD_POOL_MOST && started < parts; started++) {
		members[started] = (struct member){ &c, started };
		if (pthread_create(&threads[started], NULL, do_parts, &members[started]))
			break;
	}
	do_parts(&members[0]);
	while (started > 1)
		pthread_join(threads[--started], NULL);
	pthread_mutex_destroy(&c.lock);
	return c.failed;
}
