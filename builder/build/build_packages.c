/* SPDX-License-Identifier: MIT */
#include "build/build_packages.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread_pool.h"
#include "base/mem.h"
#include "fetch/archive.h"
#include "fetch/http.h"
#include "layer/deb/cached_package.h"

/* The queue between the downloading thread and the packing threads. */
struct queue {
	struct store *store;
	const struct lock *lock_of;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct {
		struct digest *items;
		size_t count, room;
	} debs;
	size_t next;
	bool closed;
	struct err *failed; /* the first failure of a packing thread */
};

static void push(void *arg, const struct digest *deb, const char *url)
{
	struct queue *q = arg;

	(void)url;
	pthread_mutex_lock(&q->lock);
	VEC_PUSH(&q->debs, *deb);
	pthread_cond_signal(&q->more);
	pthread_mutex_unlock(&q->lock);
}

static bool pop(struct queue *q, struct digest *ret)
{
	pthread_mutex_lock(&q->lock);
	while (q->next == q->debs.count && !q->closed)
		pthread_cond_wait(&q->more, &q->lock);
	bool some = q->next < q->debs.count && !q->failed;
	if (some)
		*ret = q->debs.items[q->next++];
	pthread_mutex_unlock(&q->lock);
	return some;
}

static const struct lock_package *lock_package_of(const struct lock *l, const struct digest *deb)
{
	for (size_t i = 0; i < l->package_count; i++)
		if (digest_equal(&l->packages[i].sha256, deb))
			return &l->packages[i];
	return NULL;
}

static void *pack_all(void *arg)
{
	struct queue *q = arg;
	struct digest deb;

	while (pop(q, &deb)) {
		struct err *e = cached_package_make(q->store, &deb);
		if (!e)
			continue;
		const struct lock_package *p = lock_package_of(q->lock_of, &deb);
		if (p)
			e = err_wrap(e, "package %s %s", p->name, p->version);
		pthread_mutex_lock(&q->lock);
		if (q->failed)
			err_free(e);
		else
			q->failed = e;
		pthread_mutex_unlock(&q->lock);
	}
	return NULL;
}

static void close_queue(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->more);
	pthread_mutex_unlock(&q->lock);
}

static int by_size(const void *a, const void *b)
{
	const struct lock_package *const *x = a, *const *y = b;

	return ((*x)->size_bytes < (*y)->size_bytes) - ((*x)->size_bytes > (*y)->size_bytes);
}

/* Packages without a pack, largest first: the slowest to decode must not come last. */
static size_t missing_of(const struct build_context *j, const struct lock_package **ret)
{
	size_t count = 0;

	for (size_t i = 0; i < j->lock.package_count; i++)
		if (!cached_package_has(j->store, &j->lock.packages[i].sha256))
			ret[count++] = &j->lock.packages[i];
	qsort(ret, count, sizeof *ret, by_size);
	return count;
}

static struct err *fetch(struct build_context *j, const struct lock_package **missing, size_t count,
			 struct queue *q)
{
	struct arena arena = { 0 };
	struct sources sources = { 0 };
	AUTO_FREE struct want *wants = mem_array(count, sizeof *wants);

	AUTO_FREE char *gone =
		mem_printf("the mirrors have another version by now: 'mkbench lock %s' chooses it, or "
			   "base.mirrors names a mirror that keeps old versions, such as a snapshot mirror",
			   j->recipe_path);
	struct err *e = archive_sources(&j->recipe, j->store, NULL, &sources);
	for (size_t i = 0; !e && i < count; i++) {
		const struct lock_package *p = missing[i];
		AUTO_FREE char *what = mem_printf("%s %s", p->name, p->version);
		wants[i] = (struct want){
			.what = arena_dup(&arena, what, strlen(what)),
			.sha256 = p->sha256,
			.size_bytes = p->size_bytes,
			.urls = archive_urls(&arena, &sources, p->archive, p->filename),
			.local = true,
			.arrived = push,
			.arg = q,
			.absent_hint = gone,
			.proxies = &sources.proxies,
		};
	}
	if (!e)
		e = http_fetch(j->store, wants, count, j->progress);
	archive_sources_done(&sources);
	arena_done(&arena);
	return e;
}

static struct err *fetch_and_pack(struct build_context *j, const struct lock_package **missing, size_t count)
{
	struct queue q = {
		.store = j->store,
		.lock_of = &j->lock,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.more = PTHREAD_COND_INITIALIZER,
	};
	pthread_t threads[THREAD_POOL_MOST];
	unsigned started = 0, want = thread_pool_size();

	while (started < want && !pthread_create(&threads[started], NULL, pack_all, &q))
		started++;
	struct err *e = started ? fetch(j, missing, count, &q) : err_new(ERR_SYSTEM, "cannot start a thread");
	close_queue(&q);
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	if (e)
		err_free(q.failed);
	mem_freep(&q.debs.items);
	return e ? e : q.failed;
}

struct err *build_packages(struct build_context *j)
{
	AUTO_FREE const struct lock_package **missing = mem_array(j->lock.package_count, sizeof *missing);
	size_t count = missing_of(j, missing);
	uint64_t bytes = 0;
	char size[16];

	if (!count)
		return NULL;
	for (size_t i = 0; i < count; i++)
		bytes += missing[i]->size_bytes;
	progress_stage(j->progress, "packages", bytes, "bytes");
	TRY(fetch_and_pack(j, missing, count));
	AUTO_FREE char *summary = mem_printf("%zu packages, %s", count, text_size((double)bytes, size));
	progress_done(j->progress, summary);
	return NULL;
}
