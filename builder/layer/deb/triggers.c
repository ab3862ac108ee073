/* SPDX-License-Identifier: MIT */
#include "layer/deb/triggers.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "layer/deb/python_modules.h"
#include "layer/sandbox/sandbox.h"

#define HOME "/run/mkbench/"
#define NOTES HOME "deferred"
#define PY3COMPILE "/usr/bin/py3compile"
#define UPDATE_CA "/usr/sbin/update-ca-certificates"

/* The programs, and where they are moved meanwhile. */
static const struct {
	const char *path, *itself;
} programs[] = { { PY3COMPILE, HOME "py3compile" }, { UPDATE_CA, HOME "update-ca-certificates" } };

/* Records a call as the number of its arguments, its name and the arguments, one a line. */
static const char note_taker[] = "#!/bin/sh\nprintf '%s\\n' \"$#\" \"$0\" \"$@\" >>" NOTES "\n";

struct err *triggers_begin(void)
{
	TRY(file_make_folder("/run/mkbench", 0755));
	TRY(file_write(HOME "note", note_taker, strlen(note_taker), 0755));
	TRY(file_write(NOTES, "", 0, 0600));
	for (size_t i = 0; i < COUNT(programs); i++) {
		if (access(programs[i].path, X_OK) < 0)
			continue;
		TRY(file_write(programs[i].itself, "", 0, 0600));
		if (mount(programs[i].path, programs[i].itself, NULL, MS_BIND, NULL) < 0 ||
		    mount(HOME "note", programs[i].path, NULL, MS_BIND, NULL) < 0)
			return err_errno(errno, "defer %s", programs[i].path);
	}
	return python_modules_defer();
}

struct call {
	const char *words[16]; /* NULL-terminated */
	size_t count;
};

struct calls {
	struct call *items;
	size_t count, room;
};

static struct err *read_calls(char *notes, struct calls *ret)
{
	for (char *line; (line = strsep(&notes, "\n")) && *line;) {
		struct call c = { .count = strtoul(line, NULL, 10) + 1 };
		if (c.count >= COUNT(c.words))
			return err_new(ERR_BUILD, "a deferred call has %zu words", c.count);
		for (size_t i = 0; i < c.count; i++)
			if (!(c.words[i] = strsep(&notes, "\n")))
				return err_new(ERR_BUILD, "a deferred call is cut short");
		VEC_PUSH(ret, c);
	}
	return NULL;
}

static struct err *judge(const char *name, int status)
{
	return status ? err_new(ERR_BUILD, "%s failed with status %d", name, status) : NULL;
}

static struct err *run(const char *const *argv)
{
	return judge(argv[0], sandbox_spawn(argv, NULL));
}

/* "py3compile -p PACKAGE": the modules of a package in Python's default path. */
static bool is_plain(const struct call *c)
{
	return !strcmp(c->words[0], PY3COMPILE) && c->count == 3 && !strcmp(c->words[1], "-p");
}

/* Compiles the modules of all packages with few interpreters, where py3compile would start two for each
 * package. Not if a package exempts some of its modules: then py3compile itself is used. */
static bool compile_together(const struct calls *calls, const struct installed *packages, size_t count)
{
	AUTO_TEXT struct text modules = { 0 };
	glob_t exempt = { 0 };
	bool any = !glob("/usr/share/python3/bcep/*", 0, NULL, &exempt);

	globfree(&exempt);
	for (size_t i = 0; i < calls->count; i++)
		if (is_plain(&calls->items[i]))
			python_modules_of(packages, count, calls->items[i].words[2], &modules);
	if (any || !modules.len)
		return false;
	struct err *e = python_modules_compile(&modules);
	bool done = !e;
	err_free(e);
	return done;
}

/* The recorded call of the real program. */
static struct call real_call(const struct call *c)
{
	struct call real = *c;

	for (size_t i = 0; i < COUNT(programs); i++)
		if (!strcmp(c->words[0], programs[i].path))
			real.words[0] = programs[i].itself;
	return real;
}

static struct err *make_calls(const struct calls *calls, const struct installed *packages, size_t count)
{
	bool together = compile_together(calls, packages, count);

	for (size_t i = 0; i < calls->count; i++) {
		struct call real = real_call(&calls->items[i]);
		if (strcmp(calls->items[i].words[0], UPDATE_CA) && (!together || !is_plain(&calls->items[i])))
			TRY(run(real.words));
	}
	return NULL;
}

/* Of several calls the last one also runs the hooks. */
static const struct call *update_of(const struct calls *calls)
{
	const struct call *update = NULL;

	for (size_t i = 0; i < calls->count; i++)
		if (!strcmp(calls->items[i].words[0], UPDATE_CA))
			update = &calls->items[i];
	return update;
}

/* Certificates and modules have nothing in common, unless a package's hook is called with the certificates.
 */
static struct err *replay(const struct calls *calls, const struct installed *packages, size_t count)
{
	const struct call *update = update_of(calls);
	struct call real = update ? real_call(update) : (struct call){ 0 };
	glob_t hooks = { 0 };
	bool alone = !glob("/etc/ca-certificates/update.d/*", 0, NULL, &hooks);

	globfree(&hooks);
	sandbox_by_one_processor(true);
	int beside = update && !alone ? sandbox_spawn_beside(real.words) : -1;
	sandbox_by_one_processor(false);
	python_modules_await();
	struct err *e = make_calls(calls, packages, count);
	if (!e && update && beside < 0)
		e = run(real.words);
	if (!e)
		e = python_modules_compile_own();
	int status = beside < 0 ? 0 : sandbox_await_beside(beside);
	return e ? e : judge(UPDATE_CA, status);
}

struct err *triggers_end(const struct installed *packages, size_t count)
{
	AUTO_FREE char *notes = NULL;
	struct calls calls = { 0 };
	size_t len;

	TRY(file_read(NOTES, 64u << 20, &notes, &len));
	struct err *e = read_calls(notes, &calls);
	if (!e)
		e = replay(&calls, packages, count);
	free(calls.items);
	return e;
}
