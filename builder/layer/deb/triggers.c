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
#include "layer/sandbox/sandbox.h"

#define HOME "/run/mkbench/"
#define NOTES HOME "deferred"
#define MODULES HOME "modules"
#define PY3COMPILE "/usr/bin/py3compile"
#define UPDATE_CA "/usr/sbin/update-ca-certificates"
#define OWN_MODULES HOME "own-modules"
#define COMPILER HOME "py_compile.py"
/* How many modules an interpreter compiles: what it has compiled before may show in the bytes. */
#define AT_ONCE "100"

/* The programs, and where they are moved meanwhile. */
static const struct {
	const char *path, *itself;
} programs[] = { { PY3COMPILE, HOME "py3compile" }, { UPDATE_CA, HOME "update-ca-certificates" } };

/* Records a call as the number of its arguments, its name and the arguments, one a line. */
static const char note_taker[] = "#!/bin/sh\nprintf '%s\\n' \"$#\" \"$0\" \"$@\" >>" NOTES "\n";

/* Python's own packages compile their modules with this file: run so, it records their names, a line each. */
static const char own_note_taker[] =
	"import sys\n"
	"if __name__ == '__main__' and '-' not in sys.argv[1:]:\n"
	"    with open('" OWN_MODULES "', 'a') as notes:\n"
	"        notes.write(''.join(name + '\\n' for name in sys.argv[1:] if name != __file__))\n"
	"    sys.exit()\n"
	"with open('" COMPILER "') as file:\n"
	"    exec(compile(file.read(), __file__, 'exec'))\n";
/* The file itself, of which everybody else sees the note taker: from where it is, as where it will be. */
static const char compiles_itself[] =
	"import importlib.util, sys\n"
	"own = {'__name__': 'py_compile'}\n"
	"exec(compile(open(sys.argv[1]).read(), sys.argv[2], 'exec'), own)\n"
	"own['compile'](sys.argv[1], importlib.util.cache_from_source(sys.argv[2]), sys.argv[2], "
	"doraise=True)\n";

/* With a second Python nobody would know whose modules they are. */
static struct err *defer_own_modules(void)
{
	glob_t found = { 0 };
	bool one = !glob("/usr/lib/python3.*/py_compile.py", 0, NULL, &found) && found.gl_pathc == 1;
	struct err *e = one ? file_write(COMPILER, "", 0, 0600) : NULL;

	if (one && !e)
		e = file_write(HOME "own-note", own_note_taker, strlen(own_note_taker), 0644);
	if (one && !e &&
	    (mount(*found.gl_pathv, COMPILER, NULL, MS_BIND, NULL) < 0 ||
	     mount(HOME "own-note", *found.gl_pathv, NULL, MS_BIND, NULL) < 0))
		e = err_errno(errno, "defer %s", *found.gl_pathv);
	globfree(&found);
	return e;
}

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
	return defer_own_modules();
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

static void add_modules(struct text *modules, const struct installed *packages, size_t count,
			const char *name)
{
	static const char folder[] = "usr/lib/python3";
	size_t len = strcspn(name, ":"); /* before an architecture */

	for (size_t p = 0; p < count; p++) {
		const struct tree *t = &packages[p].pack->tree;
		bool meant = !strncmp(packages[p].name, name, len) && !packages[p].name[len];
		for (size_t i = 0; meant && i < t->count; i++) {
			const char *path = t->items[i].path;
			if (text_starts(path, folder) && strchr("./", path[strlen(folder)]) &&
			    text_ends(path, ".py"))
				text_printf(modules, "/%s\n", path);
		}
	}
}

/* Runs the words, a compiler of modules, with those that the file names, by all processors. */
static struct err *compile(const char *file, const char *a, const char *b, const char *c, const char *d)
{
	AUTO_FREE char *processes = mem_printf("%ld", sysconf(_SC_NPROCESSORS_ONLN));
	const char *const argv[] = { "xargs", "-a",    file, "-d", "\\n", "-P", processes,
				     "-n",    AT_ONCE, a,    b,	   c,	  d,	NULL };

	return run(argv);
}

/* As Python's own packages do it. Last, because whoever imports the compiler caches what he has seen. */
static struct err *compile_own(void)
{
	glob_t found = { 0 };
	struct err *e = NULL;

	if (access(OWN_MODULES, F_OK) < 0)
		return NULL;
	if (!glob("/usr/lib/python3.*/py_compile.py", 0, NULL, &found)) {
		const char *path = *found.gl_pathv, *version = path + strlen("/usr/lib/");
		AUTO_FREE char *python = mem_printf("/usr/bin/%.*s", (int)strcspn(version, "/"), version);
		const char *const itself[] = { python,		"-E",	  "-S", "-B", "-c",
					       compiles_itself, COMPILER, path, NULL };
		e = compile(OWN_MODULES, python, "-E", "-S", COMPILER);
		if (!e)
			e = run(itself);
	}
	globfree(&found);
	return e;
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
			add_modules(&modules, packages, count, calls->items[i].words[2]);
	if (any || !modules.len)
		return false;
	struct err *e = file_write(MODULES, modules.bytes, modules.len, 0600);
	if (!e)
		e = compile(MODULES, "python3", "-m", "compileall", "-q");
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
	if (update && !alone)
		sandbox_spawn_beside(real.words);
	struct err *e = make_calls(calls, packages, count);
	if (!e && update && alone)
		e = run(real.words);
	if (!e)
		e = compile_own();
	int status = update && !alone ? sandbox_await_beside() : 0;
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
