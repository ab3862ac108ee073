/* SPDX-License-Identifier: MIT */
/* mkbench lock: resolves a recipe again and writes the result beside it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "build/build_layers.h"
#include "build/build_lockfiles.h"
#include "build/build_sites.h"
#include "cmd/cmd.h"
#include "build/build_context.h"
#include "cmd/event_line.h"
#include "cmd/option.h"
#include "cmd/vendor.h"
#include "layer/sandbox/sandbox.h"
#include "recipe/lock_diff.h"
#include "store/store_bundle.h"

enum { VENDOR = OPTION_OWN };

struct wishes {
	struct option_set common;
	const char *vendor;
	struct {
		const char **items;
		size_t count, room;
	} updates;
};

/* old: the lock before; NULL: there was none. */
static struct err *make(struct build_context *j, const struct wishes *w, const struct lock *old)
{
	AUTO_TEXT struct text moves = { 0 };

	if (!w->updates.count)
		return build_context_lock_make(j);
	TRY(build_context_lock_update(j, w->updates.items, w->updates.count));
	build_lockfiles_forget(j);
	return old && lock_diff(old, &j->lock, &moves) ? build_sites_forget(j) : NULL;
}

static void print_moves(size_t count, const struct text *moves)
{
	if (!count)
		puts("nothing has moved since the lock before");
	else
		fputs(moves->bytes, stdout);
}

/* The changes as the list in an event. */
static json_t *list_moves(const struct text *moves)
{
	json_t *list = json_array();
	AUTO_FREE char *lines = mem_dup(moves->bytes ? moves->bytes : "");
	char *rest = lines;

	for (char *line; (line = strsep(&rest, "\n"));)
		if (*line)
			json_array_append_new(list, json_string(line));
	return list;
}

static struct err *lock(struct build_context *j, const struct wishes *w, const struct lock *old)
{
	const struct service_step *steps;
	bool pins = service_pin_steps(j->services, &steps) > 0;

	if (pins)
		TRY(sandbox_enter_user_namespace());
	TRY(make(j, w, old));
	return pins ? build_layers_lock(j) : NULL;
}

/* old: the lock before; NULL: there was none. */
static void report(const struct build_context *j, const struct lock *old, bool json)
{
	AUTO_TEXT struct text moves = { 0 };
	size_t moved = old ? lock_diff(old, &j->lock, &moves) : 0,
	       folders = j->recipe.apps.count - j->lock.app_count;

	if (json) {
		event_line_result(json_pack("{s:s, s:I, s:I, s:I, s:o}", "path", j->lock_path, "packages",
					    (json_int_t)j->lock.package_count, "apps",
					    (json_int_t)j->lock.app_count, "folders", (json_int_t)folders,
					    "moved", old ? list_moves(&moves) : json_null()));
		return;
	}
	if (old)
		print_moves(moved, &moves);
	printf("%s: %zu package%s", j->lock_path, j->lock.package_count, text_plural(j->lock.package_count));
	if (j->lock.app_count)
		printf(", %zu app%s", j->lock.app_count, text_plural(j->lock.app_count));
	if (folders)
		printf("; %zu app%s from a folder, not locked", folders, text_plural(folders));
	putchar('\n');
}

static struct err *write_lock(const struct wishes *w)
{
	const struct option_set *o = &w->common;
	AUTO_BUILD_CONTEXT struct build_context j = { 0 };
	struct lock old;
	bool had;

	TRY(cmd_check_open(&j, o->recipe, o->style));
	struct err *unread = lock_read(j.lock_path, &old, &had);
	had = had && !unread; /* an unreadable lock is made again */
	err_free(unread);
	struct err *e = lock(&j, w, had ? &old : NULL);
	if (!e)
		report(&j, had ? &old : NULL, o->style == PROGRESS_JSON);
	lock_done(&old);
	return e;
}

static bool has_lock(const char *recipe)
{
	AUTO_FREE char *path = lock_path(recipe);

	return !access(path, F_OK);
}

static struct err *take(void *wishes, int id, const char *value)
{
	struct wishes *w = wishes;

	switch (id) {
	case VENDOR: w->vendor = value; return NULL;
	case OPTION_UPDATE: VEC_PUSH(&w->updates, value); return NULL;
	case OPTION_PROGRESS: return option_style(value, &w->common.style);
	default: return err_new(ERR_USAGE, "an option that nobody takes");
	}
}

static struct err *carry_out(const struct wishes *w)
{
	if (w->vendor)
		TRY(store_bundle_try_folder(w->vendor));
	if (!w->vendor || w->updates.count || !has_lock(w->common.recipe))
		TRY(write_lock(w));
	return w->vendor ? vendor(w->common.recipe, w->vendor, w->common.style) : NULL;
}

static struct err *run(int argc, char **argv)
{
	struct wishes w = { 0 };
	struct err *e = option_read(&cmd_lock, argc, argv, take, &w, &w.common.recipe);

	if (!e)
		e = carry_out(&w);
	free(w.updates.items);
	return e;
}

static const struct option_row options[] = {
	{ "update", OPTION_UPDATE, "NAME", NULL,
	  "move this app or package alone, with what it then needs; may be given several times. An app may "
	  "have another ref, address or archive in the recipe than in the lock, be new, or be gone" },
	{ "vendor", VENDOR, "FOLDER", NULL,
	  "write all bytes that the lock leads to into this folder; a lock that is there stays as it is" },
	OPTION_PROGRESS_ROW,
	{ 0 },
};

const struct cmd cmd_lock = {
	.name = "lock",
	.operand = "RECIPE",
	.summary = "resolve packages and commits again, write them beside the recipe",
	.text = "Later builds use exactly what the lock names. Prints what changed since the earlier "
		"lock.\n\n"
		"With --vendor the recipe is built once from its lock in an empty store, and everything that "
		"was fetched for it is written as files: packages, files from git and archives, downloads of "
		"package managers, mkbench's own programs. On a machine that has run 'mkbench store import "
		"FOLDER', the recipe builds from its lock without a network. The folder has nothing that was "
		"built, and each file is checked when it is used.",
	.options = options,
	.run = run,
};
