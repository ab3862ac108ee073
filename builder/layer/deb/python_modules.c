/* SPDX-License-Identifier: MIT */
#include "layer/deb/python_modules.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "layer/sandbox/sandbox.h"

#define HOME "/run/mkbench/"
#define NAMES HOME "modules"
#define OWN_NAMES HOME "own-modules"
#define COMPILER HOME "py_compile.py"
#define AHEAD HOME "ahead"
#define AHEAD_NAMES HOME "ahead-modules"
/* How many modules an interpreter compiles: what it has compiled before may show in the bytes. */
#define AT_ONCE "100"

/* Python's own packages compile their modules with this file: run so, it records their names, a line each. */
static const char own_note_taker[] =
	"import sys\n"
	"if __name__ == '__main__' and '-' not in sys.argv[1:]:\n"
	"    with open('" OWN_NAMES "', 'a') as notes:\n"
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
/* Modules below another root: what cannot be compiled is left to whoever asks for it. */
static const char compiles_ahead[] = "import os, sys\n"
				     "own = {'__name__': 'py_compile'}\n"
				     "exec(compile(open(sys.argv[1]).read(), sys.argv[1], 'exec'), own)\n"
				     "for name in sys.argv[3:]:\n"
				     "    to = sys.argv[2] + name + 'c'\n"
				     "    os.makedirs(os.path.dirname(to), exist_ok=True)\n"
				     "    try:\n"
				     "        own['compile'](name, to, name, doraise=True)\n"
				     "    except Exception:\n"
				     "        pass\n";

static struct {
	struct timespec since; /* a source that changes later is compiled again */
	int beside;	       /* of sandbox_spawn_beside, or -1 */
	bool there;
} ahead = { .beside = -1 };

/* Python's own compiler, "/usr/lib/python3.11/py_compile.py". With a second Python nobody would know whose
 * modules they are: then NULL, as without any. */
static char *own_compiler(void)
{
	glob_t found = { 0 };
	bool one = !glob("/usr/lib/python3.*/py_compile.py", 0, NULL, &found) && found.gl_pathc == 1;
	char *path = one ? mem_dup(*found.gl_pathv) : NULL;

	globfree(&found);
	return path;
}

/* "python3.11" */
static char *version_of(const char *compiler)
{
	const char *version = compiler + strlen("/usr/lib/");

	return mem_ndup(version, strcspn(version, "/"));
}

struct err *python_modules_defer(void)
{
	AUTO_FREE char *compiler = own_compiler();

	if (!compiler)
		return NULL;
	TRY(file_write(COMPILER, "", 0, 0600));
	TRY(file_write(HOME "own-note", own_note_taker, strlen(own_note_taker), 0644));
	if (mount(compiler, COMPILER, NULL, MS_BIND, NULL) < 0 ||
	    mount(HOME "own-note", compiler, NULL, MS_BIND, NULL) < 0)
		return err_errno(errno, "defer %s", compiler);
	return NULL;
}

void python_modules_of(const struct installed *packages, size_t count, const char *name, struct text *ret)
{
	static const char folder[] = "usr/lib/python3";
	size_t len = name ? strcspn(name, ":") : 0; /* before an architecture */

	for (size_t p = 0; p < count; p++) {
		const struct tree *t = &packages[p].pack->tree;
		bool meant = !name || (!strncmp(packages[p].name, name, len) && !packages[p].name[len]);
		for (size_t i = 0; meant && i < t->count; i++) {
			const char *path = t->items[i].path;
			if (text_starts(path, folder) && strchr("./", path[strlen(folder)]) &&
			    text_ends(path, ".py"))
				text_printf(ret, "/%s\n", path);
		}
	}
}

/* The words that run others, a compiler of modules, with the names in a file, by all processors. */
#define BY_ALL(file, processes) "xargs", "-a", file, "-d", "\\n", "-P", processes, "-n", AT_ONCE

static char *processors(void)
{
	return mem_printf("%ld", sysconf(_SC_NPROCESSORS_ONLN));
}

void python_modules_ahead(const struct installed *packages, size_t count)
{
	AUTO_FREE char *compiler = own_compiler(), *processes = processors();
	AUTO_TEXT struct text names = { 0 };
	struct err *e;

	python_modules_of(packages, count, NULL, &names);
	if (!compiler || !names.len)
		return;
	AUTO_FREE char *version = version_of(compiler), *python = mem_printf("/usr/bin/%s", version);
	/* whoever waits for the scripts waits for each of them */
	const char *const argv[] = { "nice", "-n",	     "5",      BY_ALL(AHEAD_NAMES, processes),
				     python, "-E",	     "-S",     "-B",
				     "-c",   compiles_ahead, COMPILER, AHEAD,
				     NULL };
	e = file_write(AHEAD_NAMES, names.bytes, names.len, 0600);
	clock_gettime(CLOCK_REALTIME_COARSE, &ahead.since);
	if (!e)
		ahead.beside = sandbox_spawn_beside(argv);
	err_free(e);
}

void python_modules_await(void)
{
	if (ahead.beside >= 0)
		ahead.there = !sandbox_await_beside(ahead.beside);
	ahead.beside = -1;
}

/* Whether the source is what was compiled ahead. */
static bool is_unchanged(const char *name)
{
	struct stat st;

	return !stat(name, &st) &&
	       (st.st_ctim.tv_sec < ahead.since.tv_sec ||
		(st.st_ctim.tv_sec == ahead.since.tv_sec && st.st_ctim.tv_nsec < ahead.since.tv_nsec));
}

/* PEP 3147: the cache of FOLDER/NAME.py is FOLDER/__pycache__/NAME.cpython-311.pyc; ret_folder: its folder.
 */
static char *cache_of(const char *name, const char *version, char **ret_folder)
{
	const char *digits = version + strlen("python"), *file = strrchr(name, '/') + 1;
	int minor = (int)strlen(digits) - 2;

	*ret_folder = mem_printf("%.*s__pycache__", (int)(file - name), name);
	return mem_printf("%s/%.*s.cpython-%c%.*s.pyc", *ret_folder, (int)strlen(file) - 3, file, *digits,
			  minor, digits + 2);
}

/* Takes a module that was compiled ahead; ret_taken is false if there is none. */
static struct err *take(const char *name, const char *version, bool *ret_taken)
{
	AUTO_FREE char *compiled = mem_printf(AHEAD "%sc", name), *folder = NULL;
	AUTO_CLOSE int from = is_unchanged(name) ? open(compiled, O_RDONLY | O_CLOEXEC) : -1;
	struct stat st;

	*ret_taken = from >= 0 && !fstat(from, &st);
	if (!*ret_taken)
		return NULL;
	AUTO_FREE char *cache = cache_of(name, version, &folder);
	if ((mkdir(folder, 0755) < 0 && errno != EEXIST) || (unlink(cache) < 0 && errno != ENOENT))
		return err_errno(errno, "write %s", cache);
	AUTO_CLOSE int to = open(cache, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0 || fchmod(to, st.st_mode & 0777) < 0)
		return err_errno(errno, "write %s", cache);
	return file_copy(from, to, (uint64_t)st.st_size, cache);
}

/* Takes what was compiled ahead of these names, a line each, and leaves the others. */
static struct err *take_all(const char *names, struct text *ret_rest)
{
	AUTO_FREE char *compiler = own_compiler(), *version = compiler ? version_of(compiler) : NULL;

	for (size_t len; *names; names += len + (names[len] == '\n')) {
		bool taken = false;
		len = strcspn(names, "\n");
		AUTO_FREE char *name = mem_ndup(names, len);
		if (ahead.there && version)
			TRY(take(name, version, &taken));
		if (!taken && len)
			text_printf(ret_rest, "%s\n", name);
	}
	return NULL;
}

static struct err *run(const char *const *argv)
{
	int status = sandbox_spawn(argv, NULL);

	return status ? err_new(ERR_BUILD, "%s failed with status %d", argv[0], status) : NULL;
}

/* Runs the words, a compiler of modules, with those of the names that were not compiled ahead. */
static struct err *compile(const char *names, const char *a, const char *b, const char *c, const char *d)
{
	AUTO_FREE char *processes = processors();
	AUTO_TEXT struct text rest = { 0 };
	const char *const argv[] = { BY_ALL(NAMES, processes), a, b, c, d, NULL };

	TRY(take_all(names, &rest));
	if (!rest.len)
		return NULL;
	TRY(file_write(NAMES, rest.bytes, rest.len, 0600));
	return run(argv);
}

struct err *python_modules_compile(const struct text *names)
{
	return compile(names->bytes, "python3", "-m", "compileall", "-q");
}

struct err *python_modules_compile_own(void)
{
	AUTO_FREE char *compiler = own_compiler(), *names = NULL;
	size_t len;

	if (!compiler || access(OWN_NAMES, F_OK) < 0)
		return NULL;
	AUTO_FREE char *version = version_of(compiler), *python = mem_printf("/usr/bin/%s", version);
	const char *const itself[] = { python,		"-E",	  "-S",	    "-B", "-c",
				       compiles_itself, COMPILER, compiler, NULL };
	TRY(file_read(OWN_NAMES, 64u << 20, &names, &len));
	TRY(compile(names, python, "-E", "-S", COMPILER));
	return run(itself);
}
