/* SPDX-License-Identifier: MIT */
#include "build/build_lockfiles.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "build/build_own_lock.h"
#include "build/build_parts.h"

#define FILE_LIMIT (4u << 20)
#define ROUNDS 200u

static struct digest asked_of(const struct build_context *j, const struct service_step *step)
{
	struct tree inputs = { 0 };

	build_parts_inputs(j, step, &inputs);
	struct digest d = tree_digest(&inputs);
	tree_done(&inputs);
	return d;
}

static const struct service_step *step_of(const struct build_context *j, const char *pins)
{
	const struct service_step *steps;
	size_t count = service_pin_steps(j->services, &steps);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(steps[i].pins, pins))
			return &steps[i];
	return NULL;
}

static struct err *check(const struct build_context *j)
{
	for (size_t i = 0; i < j->lock.pin_count; i++) {
		const struct lock_pins *p = &j->lock.pins[i];
		const struct service_step *step = step_of(j, p->name);
		struct digest now = step ? asked_of(j, step) : p->asked;
		if (step && digest_equal(&now, &p->asked))
			continue;
		return err_new(
			ERR_RECIPE,
			step ? "%s:%u:%u: pins '%s' are out of date, because the apps' files changed: run "
			       "'mkbench lock %s'" :
			       "%s:%u:%u: the framework no longer uses pins '%s': run 'mkbench lock %s'",
			j->lock_path, p->at.line, p->at.column, p->name, j->recipe_path);
	}
	return NULL;
}

void build_lockfiles_forget(struct build_context *j)
{
	size_t kept = 0;

	j->earlier = arena_new(&j->lock.arena, j->lock.pin_count * sizeof *j->earlier);
	for (size_t i = 0; i < j->lock.pin_count; i++) {
		const struct service_step *step = step_of(j, j->lock.pins[i].name);
		struct digest now = step ? asked_of(j, step) : j->lock.pins[i].asked;
		if (step && digest_equal(&now, &j->lock.pins[i].asked))
			j->lock.pins[kept++] = j->lock.pins[i];
		else
			j->earlier[j->earlier_count++] = j->lock.pins[i];
	}
	j->lock.pin_count = kept;
}

struct err *build_lockfiles_check(struct build_context *j, bool *ret_missing)
{
	const struct service_step *steps;
	struct err *e = check(j);
	bool stale = e && j->own_lock;

	if (stale) {
		err_free(e);
		e = NULL;
		build_lockfiles_forget(j);
	}
	*ret_missing = stale || service_pin_steps(j->services, &steps) > j->lock.pin_count;
	return e;
}

struct digest build_lockfiles_key(const struct build_context *j, const struct digest *below)
{
	if (!j->lock.pin_count)
		return *below;
	struct digest_run *run = digest_start();
	digest_feed_word(run, "pins 1");
	digest_feed(run, below->bytes, sizeof below->bytes);
	for (size_t i = 0; i < j->lock.pin_count; i++) {
		const struct lock_pins *p = &j->lock.pins[i];
		digest_feed_word(run, p->name);
		for (size_t k = 0; k < p->line_count; k++)
			digest_feed_word(run, p->lines[k]);
		digest_feed_word(run, "");
	}
	return digest_finish(run);
}

static struct err *lay_one(const char *folder, const struct lock_pins *p)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, p->name);
	AUTO_TEXT struct text t = { 0 };

	for (size_t i = 0; i < p->line_count; i++)
		text_printf(&t, "%s\n", p->lines[i]);
	return file_write(path, t.bytes, t.len, 0644);
}

/* Adds a folder that steps find mounted at that path. */
static struct err *add_bind(struct build_context *j, const char *name, const char *to, struct build_binds *b,
			    const char **ret_folder)
{
	AUTO_FREE char *folder = NULL;

	TRY(store_work_folder(j->store, name, &folder));
	if (chmod(folder, 0755) < 0)
		return err_errno(errno, "%s", folder);
	*ret_folder = folder;
	b->items[b->count++] = (struct bind){ TAKE(folder), to, false };
	return NULL;
}

static struct err *lay_tools(struct build_context *j, struct build_binds *b)
{
	const struct service_tool *tools;
	size_t count = service_tools(j->services, &tools);
	const char *folder;

	if (!count)
		return NULL;
	TRY(add_bind(j, "tools", SERVICE_TOOLS, b, &folder));
	for (size_t i = 0; i < count; i++) {
		AUTO_FREE char *path = mem_printf("%s/%s", folder, tools[i].name);
		TRY(file_write(path, tools[i].bytes, strlen(tools[i].bytes), 0644));
	}
	return NULL;
}

static struct err *lay_pins(struct build_context *j, struct build_binds *b)
{
	const struct service_step *steps;
	const char *folder;

	if (!service_pin_steps(j->services, &steps))
		return NULL;
	TRY(add_bind(j, "pins", SERVICE_PINS, b, &folder));
	for (size_t i = 0; i < j->lock.pin_count; i++)
		TRY(lay_one(folder, &j->lock.pins[i]));
	return NULL;
}

struct err *build_lockfiles_lay(struct build_context *j, struct build_binds *ret)
{
	*ret = (struct build_binds){ 0 };
	struct err *e = lay_pins(j, ret);
	if (!e)
		e = lay_tools(j, ret);
	if (e)
		build_lockfiles_unlay(ret);
	return e;
}

void build_lockfiles_unlay(struct build_binds *b)
{
	for (size_t i = 0; i < b->count; i++)
		free((char *)b->items[i].from);
	*b = (struct build_binds){ 0 };
}

static struct err *check_plain(const struct service_step *step, const char *bytes, size_t len)
{
	size_t line = 1;

	for (size_t i = 0; i < len; i++)
		if (bytes[i] == '\n')
			line++;
		else if (bytes[i] < ' ' || bytes[i] > '~')
			return err_new(ERR_BUILD, "%s: line %zu of its pins holds more than plain characters",
				       step->name, line);
	return NULL;
}

/* Reads the lines of a file that a step wrote; it may contain anything. */
static struct err *take(struct build_context *j, const struct service_step *step, const char *folder,
			struct lock_pins *ret)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, step->pins), *bytes = NULL;
	struct {
		const char **items;
		size_t count, room;
	} lines = { 0 };
	struct stat st;
	size_t len;

	if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return err_new(ERR_BUILD, "%s: it left no file %s/%s", step->name, SERVICE_PINS, step->pins);
	TRY_AS(file_read(path, FILE_LIMIT, &bytes, &len), "%s: read its pins", step->name);
	TRY(check_plain(step, bytes, len));
	char *rest = bytes;
	for (char *line; (line = strsep(&rest, "\n"));)
		if (*line)
			VEC_PUSH(&lines, arena_dup(&j->lock.arena, line, strlen(line)));
	const char **kept = arena_new(&j->lock.arena, lines.count * sizeof *kept);
	for (size_t i = 0; i < lines.count; i++)
		kept[i] = lines.items[i];
	ret->lines = kept;
	ret->line_count = lines.count;
	free(lines.items);
	return NULL;
}

/* The time of the newest app commit as MKBENCH_RESOLVE_DATE=…; NULL: newest versions are allowed. */
static char *resolve_date(const struct build_context *j)
{
	int64_t last = 0;
	char text[64];

	for (size_t i = 0; i < j->recipe.apps.count; i++)
		last = j->sources[i].committed > last ? j->sources[i].committed : last;
	time_t end = (time_t)last + 86400; /* releases of that day still count */
	struct tm tm;
	if (!last || j->recipe.resolve == RESOLVE_NEWEST || !gmtime_r(&end, &tm) ||
	    !strftime(text, sizeof text, "MKBENCH_RESOLVE_DATE=%Y-%m-%dT%H:%M:%SZ", &tm))
		return NULL;
	return mem_dup(text);
}

static const char **environment(const struct service_step *step, const char *const *more)
{
	struct {
		const char **items;
		size_t count, room;
	} env = { 0 };

	for (const char *const *pair = step->env; pair && *pair; pair++)
		VEC_PUSH(&env, *pair);
	for (; *more; more++)
		VEC_PUSH(&env, *more);
	VEC_PUSH(&env, NULL);
	return env.items;
}

/* answers: the program that answers its questions, without network. */
static struct err *run(struct build_context *j, const struct layer_root *root,
		       const struct service_step *step, const struct tree *inputs, struct build_binds *b,
		       bool answers)
{
	const char *pins = b->items[0].from;
	AUTO_FREE char *date = resolve_date(j);
	AUTO_FREE const char **env = environment(step, (const char *const[]){ date, NULL });
	struct service_step own = *step;
	struct layer_steps request = {
		.store = j->store,
		.progress = j->progress,
		.seed = inputs,
		.steps = &own,
		.step_count = 1,
		.uid = BUILD_PARTS_USER,
		.gid = BUILD_PARTS_USER,
		.binds = b->items,
		.bind_count = b->count,
		.epoch = j->lock.epoch,
	};

	if (!b->count)
		return err_new(ERR_SYSTEM, "%s: cannot make a folder for its lock file", step->name);
	own.env = env;
	if (answers) {
		own.argv = step->answers;
		own.hosts = NULL;
		own.network = false;
	}
	b->items[0].writable = true;
	if (chown(pins, BUILD_PARTS_USER, BUILD_PARTS_USER) < 0)
		return err_errno(errno, "give %s to the step", pins);
	return layer_steps_forget(&request, root);
}

/* A program with network must not run anything that it fetches. So it leaves questions to a program without
 * network, in another sandbox, as often as needed. */
static struct err *ask(struct build_context *j, const struct layer_root *root,
		       const struct service_step *step, const struct tree *inputs, struct build_binds *b)
{
	AUTO_FREE char *asked = mem_printf("%s/%s.asked", b->items[0].from, step->pins);
	struct stat st;

	for (unsigned i = 0; i < ROUNDS; i++) {
		TRY(run(j, root, step, inputs, b, false));
		if (lstat(asked, &st) < 0)
			return NULL;
		if (!step->answers)
			break;
		TRY_AS(run(j, root, step, inputs, b, true), "%s: without a network", step->name);
		if (unlink(asked) < 0)
			return err_errno(errno, "%s", asked);
	}
	if (!step->answers)
		return err_new(ERR_BUILD,
			       "%s: it left questions in %s/%s.asked, but the step has no 'answers'",
			       step->name, SERVICE_PINS, step->pins);
	return err_new(ERR_BUILD, "%s: it still has questions in %s/%s.asked after %u answers", step->name,
		       SERVICE_PINS, step->pins, ROUNDS);
}

/* Provides the earlier lock file as NAME.before, when only some things move. */
static struct err *lay_earlier(const struct build_context *j, const struct service_step *step,
			       const char *folder)
{
	AUTO_FREE char *name = mem_printf("%s.before", step->pins);

	for (size_t i = 0; i < j->earlier_count; i++) {
		struct lock_pins own = j->earlier[i];
		if (strcmp(own.name, step->pins))
			continue;
		own.name = name;
		return lay_one(folder, &own);
	}
	return NULL;
}

static struct err *choose(struct build_context *j, const struct layer_root *root,
			  const struct service_step *step, struct lock_pins *ret)
{
	struct build_binds binds;
	struct tree inputs = { 0 };

	TRY(build_lockfiles_lay(j, &binds));
	build_parts_inputs(j, step, &inputs);
	ret->name = arena_dup(&j->lock.arena, step->pins, strlen(step->pins));
	ret->asked = tree_digest(&inputs);
	struct err *e = lay_earlier(j, step, binds.items[0].from);
	if (!e)
		e = ask(j, root, step, &inputs, &binds);
	if (!e)
		e = take(j, step, binds.items[0].from, ret);
	tree_done(&inputs);
	build_lockfiles_unlay(&binds);
	return e;
}

struct err *build_lockfiles(struct build_context *j, const struct layer_root *root)
{
	const struct service_step *steps;
	size_t count = service_pin_steps(j->services, &steps);
	struct lock_pins *all = arena_new(&j->lock.arena, count * sizeof *all);
	bool asks = false; /* unknown: then the number of runs is unknown, too */

	for (size_t i = 0; i < j->lock.pin_count; i++)
		all[i] = j->lock.pins[i];
	j->lock.pins = all;
	for (size_t i = 0; i < count; i++)
		asks |= steps[i].answers != NULL;
	progress_stage(j->progress, "pins", asks ? 0 : count - j->lock.pin_count, "steps");
	for (size_t i = 0; i < count; i++) {
		if (lock_pins_find(&j->lock, steps[i].pins))
			continue;
		TRY(choose(j, root, &steps[i], &all[j->lock.pin_count]));
		j->lock.pin_count++;
	}
	progress_done(j->progress, NULL);
	TRY(build_own_lock_write(j));
	progress_note(j->progress, "wrote %s", j->lock_path);
	return NULL;
}
