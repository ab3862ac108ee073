/* SPDX-License-Identifier: MIT */
#include "build/build_apps.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "base/job_order.h"
#include "base/mem.h"
#include "base/thread_pool.h"
#include "build/build_lockfiles.h"
#include "service/step_tools.h"

/* Bytes for a part that is made beside another: 2 GiB less what a machine's firmware and kernel keep. */
#define MEMORY_EACH (7ull << 28)

static void feed_words(struct digest_run *run, const char *const *words)
{
	for (; words && *words; words++)
		digest_feed_word(run, *words);
	digest_feed_word(run, "");
}

static void feed_tools(struct digest_run *run, const struct build_context *j, const char *const *argv)
{
	const struct service_tool *tools;
	size_t count = service_tools(j->services, &tools);
	AUTO_FREE bool *used = mem_array(count, sizeof *used);

	step_tools_used(tools, count, argv, used);
	for (size_t i = 0; i < count; i++)
		if (used[i])
			digest_feed_word(run, tools[i].bytes);
}

/* The key of everything that a part sees, and of nothing else. */
static struct digest key_of(const struct build_parts *all, size_t part, const struct digest *keys,
			    const struct digest *below)
{
	const struct build_part *p = &all->items[part];
	struct digest_run *run = digest_start();
	struct digest seed = tree_digest(&p->seed);

	digest_feed_word(run, "apps 5");
	digest_feed(run, below->bytes, sizeof below->bytes);
	for (size_t i = 0; i < part; i++)
		if (p->sees[i])
			digest_feed(run, keys[i].bytes, sizeof keys[i].bytes);
	digest_feed(run, seed.bytes, sizeof seed.bytes);
	for (size_t i = 0; i < p->steps.count; i++) {
		const struct service_step *s = &p->steps.items[i];
		feed_words(run, s->argv);
		feed_words(run, s->env);
		feed_words(run,
			   (const char *const[]){ s->cwd, s->only_with ? s->only_with : "",
						  s->as_root ? "root" : "user", s->network ? "network" : "",
						  s->cache ? s->cache : "", NULL });
		if (s->hosts)
			feed_words(run, s->hosts);
		feed_tools(run, all->job, s->argv);
	}
	return digest_finish(run);
}

void build_apps_plan(const struct build_context *j, const struct digest *packages_key, struct build_apps *ret)
{
	static const char *const names[] = {
		[PART_ENVIRONMENT] = "environment",
		[PART_DEPENDENCIES] = "dependencies",
		[PART_APP] = "apps",
		[PART_BENCH] = "bench",
	};
	struct build_parts all;
	struct digest root_key = build_lockfiles_key(j, packages_key);

	build_parts_make(j, &all);
	*ret = (struct build_apps){ .count = all.count };
	for (size_t i = 0; i < ret->count; i++) {
		ret->keys[i] = key_of(&all, i, ret->keys, &root_key);
		ret->names[i] = names[all.items[i].kind];
	}
	build_parts_done(&all);
}

/* One run of all parts. */
struct making {
	struct build_context *job;
	const struct layer_root *packages;
	struct build_apps *apps;
	struct build_parts all;
	struct build_binds binds;
	struct progress *progress[THREAD_POOL_MOST]; /* a worker's own */
	int life[2];				     /* the steps end when life[1] is closed */
	pthread_mutex_t lock;			     /* made is told of one part at a time */
	void (*made)(void *arg, const struct build_parts *all, size_t part);
	void *arg;
};

/* A step may take most of a small machine's memory. */
static unsigned workers(void)
{
	uint64_t memory = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
	unsigned most = thread_pool_size();

	while (most > 1 && most * MEMORY_EACH > memory)
		most--;
	return most;
}

static bool needs(void *arg, size_t part, size_t earlier)
{
	const struct making *m = arg;

	return m->all.items[part].sees[earlier];
}

/* Runs a part in a root of its own: the earlier parts that it sees, over the packages. */
static struct err *run(struct making *m, unsigned worker, size_t part)
{
	const struct build_part *p = &m->all.items[part];
	struct build_apps *a = m->apps;
	struct layer_root root = { 0 };
	struct layer_steps request = {
		.store = m->job->store,
		.progress = m->progress[worker],
		.key = a->keys[part],
		.root_key = a->keys[part],
		.seed = &p->seed,
		.steps = p->steps.items,
		.step_count = p->steps.count,
		.uid = BUILD_PARTS_USER,
		.gid = BUILD_PARTS_USER,
		.binds = m->binds.items,
		.bind_count = m->binds.count,
		.epoch = m->job->lock.epoch,
		.range = worker,
		.life = m->life[0],
	};

	layer_root_over(&root, m->packages);
	for (size_t i = 0; i < part; i++)
		if (p->sees[i])
			layer_root_over(&root, &a->made[i]);
	struct err *e = layer_steps(&request, &root, &a->parts[part]);
	if (!e)
		layer_root_top(&root, &a->made[part]);
	layer_root_done(&root);
	return e;
}

static struct err *make(void *arg, unsigned worker, size_t part)
{
	struct making *m = arg;
	struct progress *own = m->progress[worker];

	progress_stage(own, m->apps->names[part], m->all.items[part].steps.count, "steps");
	TRY(run(m, worker, part));
	progress_done(own, m->apps->parts[part].cached ? "cached" : NULL);
	pthread_mutex_lock(&m->lock);
	m->made(m->arg, &m->all, part);
	pthread_mutex_unlock(&m->lock);
	return NULL;
}

static void stop(void *arg)
{
	struct making *m = arg;

	close(m->life[1]);
	m->life[1] = -1;
}

static struct err *make_all(struct making *m)
{
	unsigned count = workers();

	if (pipe2(m->life, O_CLOEXEC) < 0)
		return err_errno(errno, "pipe");
	for (unsigned i = 0; i < count; i++)
		m->progress[i] = progress_branch(m->job->progress);
	struct err *e = job_order_run(count, &(struct job_order){ m->all.count, needs, make, stop, m });
	for (unsigned i = 0; i < count; i++)
		progress_free(m->progress[i]);
	close(m->life[0]);
	if (m->life[1] >= 0)
		close(m->life[1]);
	return e;
}

struct err *build_apps(struct build_context *j, const struct layer_root *root, struct build_apps *a,
		       void (*made)(void *arg, const struct build_parts *all, size_t part), void *arg)
{
	struct making m = { .job = j,
			    .packages = root,
			    .apps = a,
			    .lock = PTHREAD_MUTEX_INITIALIZER,
			    .made = made,
			    .arg = arg };

	TRY(build_lockfiles_lay(j, &m.binds));
	build_parts_make(j, &m.all);
	struct err *e = make_all(&m);
	build_lockfiles_unlay(&m.binds);
	build_parts_done(&m.all);
	pthread_mutex_destroy(&m.lock);
	return e;
}

void build_apps_done(struct build_apps *a)
{
	for (size_t i = 0; i < a->count; i++) {
		layer_delta_done(&a->parts[i]);
		layer_root_done(&a->made[i]);
	}
}
