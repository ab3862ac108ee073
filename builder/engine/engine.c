/* SPDX-License-Identifier: MIT */
#include "engine/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/mem.h"
#include "engine/docker.h"
#include "engine/qemu.h"
#include "engine/native_engine.h"

#define EXEC_SECONDS 180

const struct engine *const engine_all[] = { &docker_row, &docker_podman, &native_engine_row, &qemu_row,
					    NULL };

const struct engine *engine_named(const char *name)
{
	for (const struct engine *const *e = engine_all; *e; e++)
		if (!strcmp((*e)->name, name))
			return *e;
	return NULL;
}

const struct engine *engine_of(const char *name, enum engine_state *ret_state)
{
	const struct engine *found = NULL;

	*ret_state = ENGINE_ABSENT;
	for (const struct engine *const *e = engine_all; *e; e++) {
		enum engine_state state = (*e)->find(*e, name);
		if (state > *ret_state) {
			*ret_state = state;
			found = *e;
		}
	}
	return found;
}

static const char **argv_of(const struct engine *e, const char *name, const char *const *argv, bool terminal)
{
	struct {
		const char **items;
		size_t count, room;
	} all = { 0 };

	for (const char *const *word = e->enter; *word; word++)
		VEC_PUSH(&all, *word);
	if (terminal && e->program)
		VEC_PUSH(&all, "-it");
	VEC_PUSH(&all, name);
	for (; *argv; argv++)
		VEC_PUSH(&all, *argv);
	VEC_PUSH(&all, NULL);
	return all.items;
}

struct err *engine_exec(const struct engine *e, const char *name, const char *const *argv, char **ret_output,
			int *ret_status)
{
	AUTO_FREE const char **all = argv_of(e, name, argv, false);

	return child_run(&(struct child){ .argv = all, .limit_seconds = EXEC_SECONDS }, ret_output, NULL,
			 ret_status);
}

struct err *engine_enter(const struct engine *e, const char *name, const char *const *argv, bool terminal)
{
	AUTO_FREE const char **all = argv_of(e, name, argv, terminal);

	execvp(all[0], (char *const *)all);
	return err_errno(errno, "run %s", all[0]);
}
