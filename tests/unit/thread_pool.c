/* SPDX-License-Identifier: MIT */
#include "base/thread_pool.h"

#include <stdbool.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "t.h"

#define PARTS 1000

struct count {
	unsigned done[PARTS]; /* each part's own: no two threads write one */
	unsigned by[THREAD_POOL_MOST];
	bool busy[THREAD_POOL_MOST];
	bool wrong;
};

static struct err *count_part(void *arg, unsigned worker, size_t part)
{
	struct count *c = arg;

	c->wrong = c->wrong || worker >= THREAD_POOL_MOST || c->busy[worker];
	c->busy[worker] = true;
	c->done[part]++;
	c->by[worker]++;
	c->busy[worker] = false;
	return NULL;
}

static void test_every_part_once(unsigned size)
{
	struct count c = { 0 };
	unsigned once = 0, sum = 0;

	ok(!thread_pool_run(size, PARTS, count_part, &c));
	for (size_t i = 0; i < PARTS; i++)
		once += c.done[i] == 1;
	for (unsigned i = 0; i < THREAD_POOL_MOST; i++)
		sum += c.by[i];
	ok(once == PARTS && sum == PARTS && !c.wrong);
	for (unsigned i = size ? size : 1; i < THREAD_POOL_MOST; i++)
		sum -= c.by[i];
	ok(sum == PARTS);
}

/* Part 3 fails long after 4 and 5 have: it is the one that is told. */
static struct err *fail_part(void *arg, unsigned worker, size_t part)
{
	unsigned *begun = arg;

	(void)worker;
	__atomic_add_fetch(begun, 1, __ATOMIC_RELAXED);
	if (part == 3)
		usleep(100000);
	return part < 3 ? NULL : err_new(ERR_BUILD, "part %zu", part);
}

static void test_lowest_failure(unsigned size)
{
	unsigned begun = 0;
	struct err *e = thread_pool_run(size, PARTS, fail_part, &begun);
	AUTO_FREE char *text = err_text(e);

	is(text, "part 3");
	ok(begun >= 4 && begun <= 3 + size);
	err_free(e);
}

int main(void)
{
	struct count nothing = { 0 };

	for (unsigned size = 0; size <= THREAD_POOL_MOST + 1; size += 3)
		test_every_part_once(size);
	test_lowest_failure(1);
	test_lowest_failure(4);
	ok(!thread_pool_run(4, 0, count_part, &nothing));
	ok(thread_pool_size() >= 1 && thread_pool_size() <= THREAD_POOL_MOST);
	return t_done();
}
