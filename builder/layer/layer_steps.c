/* SPDX-License-Identifier: MIT */
/* Runs steps in the sandbox and keeps their results. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "layer/layer_poured.h"
#include "layer/layer_set.h"

static int inside(void *arg)
{
	const struct service_step *step = arg;

	if (step->only_with && access(step->only_with, F_OK) < 0)
		return 0;
	return sandbox_spawn(step->argv, NULL);
}

static void on_line(void *arg, const char *line)
{
	progress_item(arg, line);
}

/* Programs are at the same addresses each time, because some write what follows from these: Python
 * before 3.12 orders sets by the address of None, before 3.11 also in bytecode. A container around us may
 * forbid it. */
static struct err *same_addresses(void)
{
	int now = personality(0xffffffff);

	if (now >= 0)
		(void)personality((unsigned)now | ADDR_NO_RANDOMIZE);
	return NULL;
}

/* Caches and temporary files go to /tmp, which does not outlive the step. */
static const char **environment(const struct service_step *step, const char *epoch)
{
	const char *const own[] = { "HOME=/tmp", epoch, "PYTHONHASHSEED=0" };
	size_t count = 0;

	while (step->env && step->env[count])
		count++;
	const char **env = mem_array(COUNT(own) + count + 1, sizeof *env);
	for (size_t i = 0; i < COUNT(own); i++)
		env[i] = own[i];
	for (size_t i = 0; i < count; i++)
		env[COUNT(own) + i] = step->env[i];
	return env;
}

static struct err *run_in(const struct layer_steps *r, const struct layer_root *root,
			  const struct layer_work *w, const struct service_step *step,
			  const struct bind *binds, size_t bind_count)
{
	AUTO_FREE char *epoch = mem_printf("SOURCE_DATE_EPOCH=%lld", (long long)r->epoch);
	AUTO_FREE const char **env = environment(step, epoch);
	struct sandbox room = {
		.lowers = root->lowers,
		.upper = w->upper,
		.work = w->work,
		.binds = binds,
		.bind_count = bind_count,
		.env = env,
		.cwd = step->cwd,
		.uid = step->as_root ? 0 : r->uid,
		.gid = step->as_root ? 0 : r->gid,
		.before = same_addresses,
		.network = step->network,
		.hosts = step->hosts,
		.range = r->range,
		.life = r->life,
		.log = r->log,
		.lookups = r->lookups,
	};

	TRY(layer_work_renew(w));
	return sandbox_call(&room, inside, (void *)step, step->name, on_line, r->progress);
}

/* Owners on disk depend on the caller's id mapping, so each mapping has its own cache. */
static char *cache_name(const char *name)
{
	struct digest any = { 0 }, map = layer_root_key("cache", &any);
	char hex[DIGEST_HEX];

	return mem_printf("%s-%.8s", name, digest_hex(&map, hex));
}

static struct err *run_with_cache(const struct layer_steps *r, const struct layer_root *root,
				  const struct layer_work *w, const struct service_step *step)
{
	AUTO_FREE struct bind *binds = mem_array(r->bind_count + 1, sizeof *binds);
	AUTO_FREE char *name = cache_name(step->cache), *path = NULL;
	AUTO_CLOSE int lock = -1;

	TRY(store_cache_begin(r->store, name, &path, &lock));
	if (chown(path, r->uid, r->gid) < 0)
		return err_errno(errno, "give %s to the step", path);
	TRY(store_cache_adopt(r->store, name, step->cache, r->uid, r->gid));
	for (size_t i = 0; i < r->bind_count; i++)
		binds[i] = r->binds[i];
	binds[r->bind_count] = (struct bind){ path, SERVICE_CACHE, true };
	TRY(run_in(r, root, w, step, binds, r->bind_count + 1));
	return store_cache_end(r->store, name);
}

static struct err *run_step(const struct layer_steps *r, const struct layer_root *root,
			    const struct layer_work *w, const struct service_step *step)
{
	return step->cache ? run_with_cache(r, root, w, step) :
			     run_in(r, root, w, step, r->binds, r->bind_count);
}

static struct err *run_all(const struct layer_steps *r, const struct layer_root *root, struct layer_work *w)
{
	struct tree seed = { 0 };

	if (r->seed) {
		tree_merge(&r->seed, 1, &seed);
		layer_root_add_parents(root, &seed, r->epoch);
	}
	struct err *e = layer_work_begin(r->store, &seed, w);
	for (size_t i = 0; !e && i < r->step_count; i++) {
		e = run_step(r, root, w, &r->steps[i]);
		progress_add(r->progress, !e);
	}
	tree_done(&seed);
	return e;
}

static struct err *make(const struct layer_steps *r, const struct digest *key, struct layer_root *root,
			struct layer_delta *ret)
{
	struct layer_work w = { 0 };
	struct err *e = run_all(r, root, &w);

	if (!e)
		e = layer_work_keep(r->store, key, &w, root, r->progress, ret);
	e = store_blame_disk(r->store, e);
	layer_work_done(&w);
	return e;
}

/* Uses an earlier run's layer blob if only that is here, for example from another machine. */
static struct err *lay(const struct layer_steps *r, const struct digest *key, struct layer_root *root,
		       struct layer_delta *ret)
{
	struct layer_work w = { 0 };
	struct err *e = layer_work_begin(r->store, NULL, &w);

	if (!e)
		e = layer_poured_lay(r->store, r->poured, w.upper);
	if (!e)
		e = layer_work_keep(r->store, key, &w, root, r->progress, ret);
	if (!e && ret)
		ret->cached = true;
	e = store_blame_disk(r->store, e);
	layer_work_done(&w);
	return e;
}

struct err *layer_steps_forget(const struct layer_steps *r, const struct layer_root *root)
{
	struct layer_work w = { 0 };
	struct err *e = run_all(r, root, &w);

	e = store_blame_disk(r->store, e);
	layer_work_done(&w);
	return e;
}

static struct digest key_of(const struct layer_steps *r)
{
	struct digest_run *run = digest_start();

	digest_feed_word(run, "mkbench steps 1");
	digest_feed(run, r->key.bytes, sizeof r->key.bytes);
	digest_feed(run, r->root_key.bytes, sizeof r->root_key.bytes);
	return digest_finish(run);
}

struct err *layer_steps(const struct layer_steps *r, struct layer_root *root, struct layer_delta *ret)
{
	struct digest own = key_of(r), key = layer_root_key("stepped", &own);
	AUTO_CLOSE int lock = -1;
	bool found;

	if (ret)
		*ret = (struct layer_delta){ .key = own };
	TRY(store_lock_key(r->store, &key, &lock));
	TRY(layer_work_find(r->store, &key, root, ret, &found));
	if (found)
		return NULL;
	return r->poured && store_has(r->store, r->poured) ? lay(r, &key, root, ret) :
							     make(r, &key, root, ret);
}
