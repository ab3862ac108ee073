#include "cmd/build_apps.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#define BENCH_ID 1000u

struct steps {
	struct service_step *items;
	size_t count, room;
};

/* A step that asks for a file is for those apps only that have it. */
static bool applies(const struct service_step *s, const char *app_folder, const struct tree *files)
{
	if (!s->only_with)
		return true;
	const char *below = text_starts(s->cwd, app_folder) ? s->cwd + strlen(app_folder) : "";
	AUTO_FREE char *path = mem_printf("%s%s%s", *below ? below + 1 : "", *below ? "/" : "", s->only_with);
	return tree_find(files, path) != NULL;
}

static void gather(const struct job *j, struct steps *ret)
{
	const struct app *apps = j->recipe.apps.items;
	const struct service_step *rows;

	for (size_t i = 0; i < j->recipe.apps.count; i++) {
		AUTO_FREE char *folder = mem_printf("%s/apps/%s", service_bench_path(j->services), apps[i].name);
		size_t count = service_app_steps(j->services, &apps[i], &rows);
		for (size_t k = 0; k < count; k++)
			if (applies(&rows[k], folder, &j->sources[i].files))
				VEC_PUSH(ret, rows[k]);
	}
	size_t count = service_bench_steps(j->services, &rows);
	for (size_t k = 0; k < count; k++)
		VEC_PUSH(ret, rows[k]);
}

static void feed_words(struct digest_run *run, const char *const *words)
{
	for (; words && *words; words++)
		digest_feed_word(run, *words);
	digest_feed_word(run, "");
}

struct digest build_apps_key(const struct job *j, const struct digest *root_key)
{
	struct digest_run *run = digest_start();
	const struct app *apps = j->recipe.apps.items;
	struct steps steps = { 0 };

	digest_feed_word(run, "apps 1");
	digest_feed(run, root_key->bytes, sizeof root_key->bytes);
	for (size_t i = 0; i < j->recipe.apps.count; i++) {
		digest_feed_word(run, apps[i].name);
		digest_feed(run, j->sources[i].digest.bytes, sizeof j->sources[i].digest.bytes);
	}
	gather(j, &steps);
	for (size_t i = 0; i < steps.count; i++) {
		feed_words(run, steps.items[i].argv);
		feed_words(run, steps.items[i].env);
		digest_feed_word(run, steps.items[i].cwd ? steps.items[i].cwd : "");
		digest_feed_word(run, steps.items[i].as_root ? "root" : "user");
	}
	feed_words(run, service_prune(j->services));
	free(steps.items);
	return digest_finish(run);
}

/* The sources below apps/, with the folders that steps expect, all of it the bench user's. */
static void plant(const struct job *j, struct tree *ret)
{
	static const char *const folders[] = { "", "/apps", "/assets", "/env", "/sites" };
	const struct app *apps = j->recipe.apps.items;
	const char *bench = service_bench_path(j->services) + 1;
	const char *slash = strrchr(bench, '/');
	struct entry owned = { .kind = ENTRY_FOLDER, .mode = 0755, .uid = BENCH_ID, .gid = BENCH_ID, .mtime = j->lock.epoch };

	AUTO_FREE char *home = mem_ndup(bench, slash ? (size_t)(slash - bench) : 0);
	owned.path = home;
	tree_add(ret, &owned);
	for (size_t i = 0; i < COUNT(folders); i++) {
		AUTO_FREE char *path = mem_printf("%s%s", bench, folders[i]);
		owned.path = path;
		tree_add(ret, &owned);
	}
	for (size_t i = 0; i < j->recipe.apps.count; i++) {
		const struct tree *files = &j->sources[i].files;
		AUTO_FREE char *top = mem_printf("%s/apps/%s", bench, apps[i].name);
		owned.path = top;
		tree_add(ret, &owned);
		for (size_t k = 0; k < files->count; k++) {
			struct entry e = files->items[k];
			AUTO_FREE char *path = mem_printf("%s/%s", top, e.path);
			e.path = path;
			e.uid = e.gid = BENCH_ID;
			e.mtime = j->lock.epoch;
			tree_add(ret, &e);
		}
	}
	tree_sort(ret);
}

struct err *build_apps(struct job *j, const struct digest *key, const struct digest *root_key, struct layer_root *root,
		       struct layer_delta *ret)
{
	struct steps steps = { 0 };
	struct tree seed = { 0 };

	gather(j, &steps);
	plant(j, &seed);
	struct layer_steps request = {
		.store = j->store, .progress = j->progress, .key = *key, .root_key = *root_key, .seed = &seed,
		.steps = steps.items, .step_count = steps.count, .uid = BENCH_ID, .gid = BENCH_ID,
		.prune = service_prune(j->services), .epoch = j->lock.epoch,
	};
	progress_stage(j->progress, "apps", steps.count, "steps");
	struct err *e = layer_steps(&request, root, ret);
	if (!e)
		progress_done(j->progress, ret->cached ? "cached" : NULL);
	free(steps.items);
	tree_done(&seed);
	return e;
}
