#include "cmd/build_apps.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/build_pins.h"

/* One run of the sandbox: steps and the files they see. */
struct part {
	struct { struct service_step *items; size_t count, room; } steps;
	struct tree seed;
};

static bool matches(const struct service_step *steps, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++)
		for (const char *const *glob = steps[i].inputs; glob && *glob; glob++)
			if (!fnmatch(*glob, path, FNM_PATHNAME))
				return true;
	return false;
}

static void add_folders(const struct job *j, const char *path, struct tree *t)
{
	AUTO_FREE char *part = mem_dup(path);

	for (char *slash = strrchr(part, '/'); slash && strlen(part) > strlen("home"); slash = strrchr(part, '/')) {
		tree_add(t, &(struct entry){ .path = part, .kind = ENTRY_FOLDER, .mode = 0755, .uid = BUILD_APPS_USER, .gid = BUILD_APPS_USER,
					     .mtime = j->lock.epoch });
		*slash = '\0';
	}
}

/* An app's files below apps/, those that inputs of some steps name or, without steps, all of them; the bench user's. */
static void plant(const struct job *j, size_t app, const struct service_step *steps, size_t count, struct tree *seed)
{
	const struct app *apps = j->recipe.apps.items;
	const struct tree *files = &j->sources[app].files;
	AUTO_FREE char *top = mem_printf("%s/apps/%s", service_bench_path(j->services) + 1, apps[app].name);

	add_folders(j, top, seed);
	for (size_t i = 0; i < files->count; i++) {
		struct entry e = files->items[i];
		if (steps && (e.kind == ENTRY_FOLDER || !matches(steps, count, e.path)))
			continue;
		AUTO_FREE char *path = mem_printf("%s/%s", top, e.path);
		if (steps) {
			AUTO_FREE char *folder = mem_ndup(path, (size_t)(strrchr(path, '/') - path));
			add_folders(j, folder, seed);
		}
		e.path = path;
		e.uid = e.gid = BUILD_APPS_USER;
		e.mtime = j->lock.epoch;
		tree_add(seed, &e);
	}
}

void build_apps_inputs(const struct job *j, const struct service_step *step, struct tree *ret)
{
	for (size_t app = 0; app < j->recipe.apps.count; app++)
		plant(j, app, step, 1, ret);
	tree_sort(ret);
}

static void plant_inputs(const struct job *j, size_t app, struct part *p)
{
	const struct app *apps = j->recipe.apps.items;
	const struct service_step *rows;
	size_t count = service_app_steps(j->services, &apps[app], &rows);

	plant(j, app, rows, count, &p->seed);
}

static void gather(const struct job *j, size_t app, bool whole_source, struct part *p)
{
	const struct app *apps = j->recipe.apps.items;
	const struct service_step *rows;
	size_t count = service_app_steps(j->services, &apps[app], &rows);

	for (size_t i = 0; i < count; i++)
		if (!rows[i].inputs == whole_source)
			VEC_PUSH(&p->steps, rows[i]);
}

/* The parts of a build: dependencies by app, and the apps as the last one. */
static size_t make_parts(const struct job *j, struct part parts[BUILD_APPS_PARTS])
{
	const struct service_step *rows;
	size_t n = 0, bench;

	for (size_t app = 0; app < j->recipe.apps.count; app++) {
		size_t had = parts[n].steps.count;
		gather(j, app, false, &parts[n]);
		if (parts[n].steps.count == had)
			continue;
		plant_inputs(j, app, &parts[n]);
		n += n + 2 < BUILD_APPS_PARTS;
	}
	n += parts[n].steps.count > 0;
	for (size_t app = 0; app < j->recipe.apps.count; app++) {
		gather(j, app, true, &parts[n]);
		plant(j, app, NULL, 0, &parts[n].seed);
	}
	bench = service_bench_steps(j->services, &rows);
	for (size_t i = 0; i < bench; i++)
		VEC_PUSH(&parts[n].steps, rows[i]);
	for (size_t i = 0; i <= n; i++)
		tree_sort(&parts[i].seed);
	return n + 1;
}

static void feed_words(struct digest_run *run, const char *const *words)
{
	for (; words && *words; words++)
		digest_feed_word(run, *words);
	digest_feed_word(run, "");
}

static struct digest key_of(const struct part *p, const struct digest *below)
{
	struct digest_run *run = digest_start();
	struct digest seed = tree_digest(&p->seed);

	digest_feed_word(run, "apps 4");
	digest_feed(run, below->bytes, sizeof below->bytes);
	digest_feed(run, seed.bytes, sizeof seed.bytes);
	for (size_t i = 0; i < p->steps.count; i++) {
		const struct service_step *s = &p->steps.items[i];
		feed_words(run, s->argv);
		feed_words(run, s->env);
		feed_words(run, (const char *const[]){ s->cwd, s->only_with ? s->only_with : "", s->as_root ? "root" : "user",
						       s->network ? "network" : "", s->cache ? s->cache : "", NULL });
	}
	return digest_finish(run);
}

static void end_parts(struct part parts[BUILD_APPS_PARTS])
{
	for (size_t i = 0; i < BUILD_APPS_PARTS; i++) {
		free(parts[i].steps.items);
		tree_done(&parts[i].seed);
	}
}

void build_apps_plan(const struct job *j, const struct digest *packages_key, struct build_apps *ret)
{
	struct part parts[BUILD_APPS_PARTS] = { 0 };
	struct digest root_key = build_pins_key(j, packages_key);

	*ret = (struct build_apps){ .count = make_parts(j, parts) };
	for (size_t i = 0; i < ret->count; i++) {
		ret->keys[i] = key_of(&parts[i], i ? &ret->keys[i - 1] : &root_key);
		ret->names[i] = i + 1 < ret->count ? "dependencies" : "apps";
	}
	end_parts(parts);
}

static struct err *run(struct job *j, const struct bind *pins, struct layer_root *root, const struct part *p,
		       const struct digest *key, struct layer_delta *ret)
{
	struct layer_steps request = {
		.store = j->store, .progress = j->progress, .key = *key, .root_key = *key, .seed = &p->seed,
		.steps = p->steps.items, .step_count = p->steps.count, .uid = BUILD_APPS_USER, .gid = BUILD_APPS_USER,
		.binds = pins, .bind_count = pins->from != NULL, .epoch = j->lock.epoch,
	};

	return layer_steps(&request, root, ret);
}

struct err *build_apps(struct job *j, struct layer_root *root, struct build_apps *a)
{
	struct part parts[BUILD_APPS_PARTS] = { 0 };
	AUTO_FREE char *folder = NULL;

	TRY(build_pins_lay(j, &folder));
	struct bind pins = { folder, SERVICE_PINS, false };
	struct err *e = NULL;
	make_parts(j, parts);
	for (size_t i = 0; !e && i < a->count; i++) {
		progress_stage(j->progress, a->names[i], parts[i].steps.count, "steps");
		e = run(j, &pins, root, &parts[i], &a->keys[i], &a->parts[i]);
		if (!e)
			progress_done(j->progress, a->parts[i].cached ? "cached" : NULL);
	}
	end_parts(parts);
	return e;
}

void build_apps_done(struct build_apps *a)
{
	for (size_t i = 0; i < a->count; i++)
		layer_delta_done(&a->parts[i]);
}
