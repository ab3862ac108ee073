/* SPDX-License-Identifier: MIT */
#include "base/job_order.h"

#include <pthread.h>

#include "base/mem.h"
#include "base/thread_pool.h"

enum job { WAITING, RUNNING, DONE };

struct crew {
	const struct job_order *order;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* a job has ended */
	enum job *jobs;		/* under lock, as the failure */
	struct err *failed;
};

static bool may_begin(const struct crew *c, size_t job)
{
	for (size_t i = 0; i < job; i++)
		if (c->jobs[i] != DONE && c->order->needs(c->order->arg, job, i))
			return false;
	return c->jobs[job] == WAITING;
}

/* Waits for a job. False: all have begun, or one has failed. */
static bool take(struct crew *c, size_t *ret)
{
	for (;;) {
		bool more = false;
		for (size_t i = 0; i < c->order->count && !c->failed; i++) {
			more |= c->jobs[i] == WAITING;
			if (!may_begin(c, i))
				continue;
			c->jobs[i] = RUNNING;
			*ret = i;
			return true;
		}
		if (!more)
			return false;
		pthread_cond_wait(&c->changed, &c->lock);
	}
}

static void end(struct crew *c, size_t job, struct err *e)
{
	c->jobs[job] = DONE;
	if (e && !c->failed) {
		c->failed = TAKE(e);
		if (c->order->stop)
			c->order->stop(c->order->arg);
	}
	err_free(e);
	pthread_cond_broadcast(&c->changed);
}

/* As many parts of a pool as there are jobs, each takes one. */
static struct err *do_one(void *arg, unsigned worker, size_t part)
{
	struct crew *c = arg;
	size_t job;

	(void)part;
	pthread_mutex_lock(&c->lock);
	if (take(c, &job)) {
		pthread_mutex_unlock(&c->lock);
		struct err *e = c->order->work(c->order->arg, worker, job);
		pthread_mutex_lock(&c->lock);
		end(c, job, e);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

struct err *job_order_run(unsigned size, const struct job_order *o)
{
	AUTO_FREE enum job *jobs = mem_array(o->count + 1, sizeof *jobs);
	struct crew c = { .order = o,
			  .lock = PTHREAD_MUTEX_INITIALIZER,
			  .changed = PTHREAD_COND_INITIALIZER,
			  .jobs = jobs };
	struct err *e = thread_pool_run(size, o->count, do_one, &c);

	pthread_cond_destroy(&c.changed);
	pthread_mutex_destroy(&c.lock);
	return e ? e : c.failed;
}
