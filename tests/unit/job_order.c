/* SPDX-License-Identifier: MIT */
#include "base/job_order.h"

#include <pthread.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/thread_pool.h"
#include "t.h"

#define JOBS 60

struct work {
	unsigned begun, stopped; /* how many */
	bool done[JOBS];	 /* each job's own; read by those that need it */
	bool wrong, by[THREAD_POOL_MOST];
	struct text order;
};

/* Each needs half of its number: a tree whose root is 0. */
static bool needs_half(void *arg, size_t job, size_t earlier)
{
	(void)arg;
	return job / 2 == earlier && job != earlier;
}

static struct err *note(void *arg, unsigned worker, size_t job)
{
	struct work *w = arg;

	w->wrong |= worker >= THREAD_POOL_MOST || w->by[worker] || w->done[job] || (job && !w->done[job / 2]);
	w->by[worker] = true;
	if (job % 7 == 3)
		usleep(2000);
	w->by[worker] = false;
	w->done[job] = true;
	return NULL;
}

static void test_needs(unsigned size)
{
	struct work w = { 0 };
	unsigned sum = 0;

	ok(!job_order_run(size, &(struct job_order){ JOBS, needs_half, note, NULL, &w }));
	for (size_t i = 0; i < JOBS; i++)
		sum += w.done[i];
	ok(sum == JOBS && !w.wrong);
}

static struct err *write_down(void *arg, unsigned worker, size_t job)
{
	struct work *w = arg;

	text_printf(&w->order, "%u:%zu ", worker, job);
	return NULL;
}

static void test_one_worker(void)
{
	struct work w = { 0 };

	ok(!job_order_run(1, &(struct job_order){ 5, needs_half, write_down, NULL, &w }));
	is(w.order.bytes, "0:0 0:1 0:2 0:3 0:4 ");
	text_done(&w.order);
	ok(!job_order_run(4, &(struct job_order){ 0, needs_half, write_down, NULL, &w }));
	ok(!w.order.len);
}

/* Two that need nothing: each waits until the other has begun, so they must run at the same time. */
static pthread_barrier_t both;

static bool needs_none(void *arg, size_t job, size_t earlier)
{
	return arg && job < earlier;
}

static struct err *meet(void *arg, unsigned worker, size_t job)
{
	(void)arg, (void)worker, (void)job;
	pthread_barrier_wait(&both);
	return NULL;
}

static void test_beside(void)
{
	pthread_barrier_init(&both, NULL, 2);
	ok(!job_order_run(2, &(struct job_order){ 2, needs_none, meet, NULL, NULL }));
	pthread_barrier_destroy(&both);
}

static void stop(void *arg)
{
	struct work *w = arg;

	__atomic_add_fetch(&w->stopped, 1, __ATOMIC_SEQ_CST);
}

/* 0 runs until it is told to stop, 1 fails: neither 2 nor 3 begins. */
static struct err *fail_second(void *arg, unsigned worker, size_t job)
{
	struct work *w = arg;

	(void)worker;
	__atomic_add_fetch(&w->begun, 1, __ATOMIC_SEQ_CST);
	if (job == 1)
		return err_new(ERR_BUILD, "job 1");
	while (!__atomic_load_n(&w->stopped, __ATOMIC_SEQ_CST))
		usleep(1000);
	return err_new(ERR_BUILD, "killed");
}

static void test_failure(void)
{
	struct work w = { 0 };
	struct err *e = job_order_run(2, &(struct job_order){ 4, needs_none, fail_second, stop, &w });
	AUTO_FREE char *text = err_text(e);

	is(text, "job 1");
	ok(w.begun == 2 && w.stopped == 1);
	err_free(e);
}

int main(void)
{
	for (unsigned size = 0; size <= THREAD_POOL_MOST + 1; size += 3)
		test_needs(size);
	test_one_worker();
	test_beside();
	test_failure();
	return t_done();
}
