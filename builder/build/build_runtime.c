/* SPDX-License-Identifier: MIT */
#include "build/build_runtime.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "build/build_parts.h"
#include "recipe/runtime.h"
#include "recipe/wants.h"

#define HEADER_LIMIT (1u << 20)

static const struct app *archives_of(const struct recipe *r)
{
	return r->runtime.archives.items;
}

bool build_runtime_replaces(const struct recipe *r, const char *package, int group)
{
	return group == GROUP_RUNTIME && !strcmp(package, "nodejs") && runtime_archive(r, RUNTIME_NODE) >= 0;
}

static struct mark place(const struct recipe *r, int kind)
{
	return node_mark(r->root, "runtime/%s", runtime_names[kind]);
}

static struct err *refuse(const struct recipe *r, int kind, const char *has)
{
	struct mark at = place(r, kind);
	AUTO_FREE char *package = runtime_package(r, kind);

	return err_new(ERR_RECIPE,
		       "%s:%u:%u: no archive of the recipe has %s %s (%s%s): write the 'suite' that has it, "
		       "an apt archive with its package '%s' in base.archives, or in runtime.archives a "
		       "build that runs from anywhere, by URL and SHA-256",
		       r->path, at.line, at.column, runtime_titles[kind], runtime_version(r, kind),
		       r->base.suite, has, package);
}

/* "3.11.2" of "1:3.11.2-1+b1". */
static const char *upstream(struct arena *a, const char *version)
{
	const char *colon = strchr(version, ':'), *own = colon ? colon + 1 : version;

	return arena_dup(a, own, strspn(own, "0123456789."));
}

static struct err *find_package(struct build_context *j, const struct index *ix, int kind, const char **ret)
{
	const struct recipe *r = &j->recipe;
	AUTO_FREE char *name = runtime_package(r, kind);
	const struct package *own = index_find(ix, name),
			     *usual = index_find(ix, kind == RUNTIME_PYTHON ? "python3" : "nodejs");
	const char *wanted = runtime_version(r, kind);

	if (own && wants_python(wanted, upstream(&j->lock.arena, own->version))) {
		*ret = arena_dup(&j->lock.arena, name, strlen(name));
		return NULL;
	}
	if (own)
		usual = own;
	AUTO_FREE char *has = usual ? mem_printf(" has %s", upstream(&j->lock.arena, usual->version)) :
				      mem_dup(" has none");
	return refuse(r, kind, has);
}

struct err *build_runtime_package(struct build_context *j, const struct index *ix, const char **ret)
{
	const char *found;

	*ret = NULL;
	for (int kind = 0; kind < RUNTIME_COUNT; kind++) {
		if (!runtime_version(&j->recipe, kind) || runtime_archive(&j->recipe, kind) >= 0)
			continue;
		TRY(find_package(j, ix, kind, &found));
		if (kind == RUNTIME_PYTHON)
			*ret = found;
	}
	return NULL;
}

/* The text of the first file that matches, or NULL. */
static char *read_match(const struct tree *t, const char *glob)
{
	char *bytes = NULL;
	size_t len;

	for (size_t i = 0; i < t->count && !bytes; i++)
		if (t->items[i].kind == ENTRY_FILE && !fnmatch(glob, t->items[i].path, FNM_PATHNAME))
			err_free(file_read_text(t->items[i].content.path, HEADER_LIMIT, &bytes, &len));
	return bytes;
}

/* The number that a line of a header defines, as text. */
static char *defined(const char *header, const char *name)
{
	const char *at = header ? strstr(header, name) : NULL;

	if (!at)
		return NULL;
	at += strlen(name);
	at += strspn(at, " \t\"");
	return mem_ndup(at, strspn(at, "0123456789."));
}

/* The version in its own headers; NULL: it has none. */
static char *said_version(const struct tree *t, int kind)
{
	AUTO_FREE char *header = read_match(t, kind == RUNTIME_PYTHON ? "include/python3*/patchlevel.h" :
									"include/node/node_version.h");

	if (kind == RUNTIME_PYTHON)
		return defined(header, "PY_VERSION ");
	AUTO_FREE char *major = defined(header, "NODE_MAJOR_VERSION"),
		       *minor = defined(header, "NODE_MINOR_VERSION");
	AUTO_FREE char *patch = defined(header, "NODE_PATCH_VERSION");
	return major && minor && patch ? mem_printf("%s.%s.%s", major, minor, patch) : NULL;
}

static struct err *check(const struct build_context *j, int kind, const struct tree *t)
{
	const struct recipe *r = &j->recipe;
	struct mark at = place(r, kind);
	AUTO_FREE char *version = said_version(t, kind);
	const char *program = kind == RUNTIME_PYTHON ? "bin/python3" : "bin/node";

	if (!tree_find(t, program))
		return err_new(ERR_RECIPE,
			       "%s:%u:%u: the build of %s in runtime.archives has no %s: one that is "
			       "compiled and runs from anywhere is needed",
			       r->path, at.line, at.column, runtime_titles[kind], program);
	if (version && !wants_python(runtime_version(r, kind), version))
		return err_new(ERR_RECIPE,
			       "%s:%u:%u: the build of %s in runtime.archives is %s, and '%s' says %s: write "
			       "that, or another build",
			       r->path, at.line, at.column, runtime_titles[kind], version,
			       runtime_names[kind], runtime_version(r, kind));
	return NULL;
}

static struct lock_app pin_of(const struct lock *l, const char *name)
{
	for (size_t i = 0; i < l->runtime_count; i++)
		if (!strcmp(l->runtimes[i].name, name))
			return (struct lock_app){ .name = name, .tree = l->runtimes[i].tree };
	return (struct lock_app){ 0 };
}

struct err *build_runtime_sources(struct build_context *j)
{
	const struct app *all = archives_of(&j->recipe);

	j->runtimes = mem_array(j->recipe.runtime.archives.count, sizeof *j->runtimes);
	for (int kind = 0; kind < RUNTIME_COUNT; kind++) {
		int i = runtime_archive(&j->recipe, kind);
		if (i < 0)
			continue;
		struct lock_app pinned = pin_of(&j->lock, all[i].name);
		AUTO_FREE char *path = all[i].path ? recipe_beside(&j->recipe, all[i].path) : NULL;
		if (path && access(path, F_OK))
			return err_new(ERR_RECIPE, "%s:%u:%u: there is no %s: write where the build of %s is",
				       j->recipe.path, all[i].at.line, all[i].at.column, path,
				       runtime_titles[kind]);
		TRY(source_get_programs(j->store, &j->recipe, &all[i], &pinned, j->progress,
					&j->runtimes[i]));
		TRY(check(j, kind, &j->runtimes[i].files));
	}
	return NULL;
}

void build_runtime_forget(struct build_context *j)
{
	for (size_t i = 0; j->runtimes && i < j->recipe.runtime.archives.count; i++)
		source_done(&j->runtimes[i]);
	free(j->runtimes);
	j->runtimes = NULL;
}

static const char *keep(struct lock *l, const char *text)
{
	return text ? arena_dup(&l->arena, text, strlen(text)) : NULL;
}

void build_runtime_pin(struct build_context *j)
{
	const struct app *all = archives_of(&j->recipe);
	struct lock *l = &j->lock;
	char hex[DIGEST_HEX];

	l->runtimes = arena_new(&l->arena, RUNTIME_COUNT * sizeof *l->runtimes);
	l->runtime_count = 0;
	for (int kind = 0; kind < RUNTIME_COUNT; kind++) {
		int i = runtime_archive(&j->recipe, kind);
		if (i < 0)
			continue;
		AUTO_FREE char *tree = mem_printf("sha256:%s", digest_hex(&j->runtimes[i].digest, hex)),
			       *version = build_runtime_version(j, kind);
		l->runtimes[l->runtime_count++] = (struct lock_runtime){
			.name = keep(l, all[i].name),
			.version = keep(l, version),
			.from = keep(l, all[i].path ? all[i].path : all[i].archive),
			.sha256 = keep(l, all[i].sha256),
			.tree = keep(l, tree),
		};
	}
}

char *build_runtime_version(const struct build_context *j, int kind)
{
	AUTO_FREE char *package = runtime_package(&j->recipe, kind);
	int build = runtime_archive(&j->recipe, kind);

	if (build >= 0) {
		char *said = j->runtimes ? said_version(&j->runtimes[build].files, kind) : NULL;
		return said ? said : mem_dup(runtime_version(&j->recipe, kind));
	}
	for (size_t i = 0; i < j->lock.package_count; i++) {
		const struct lock_package *p = &j->lock.packages[i];
		if (strcmp(p->name, package) || p->group == GROUP_BUILD)
			continue;
		const char *colon = strchr(p->version, ':'), *own = colon ? colon + 1 : p->version;
		return mem_ndup(own, strspn(own, "0123456789."));
	}
	return NULL;
}

struct digest build_runtime_key(const struct build_context *j, const struct digest *below)
{
	if (!j->recipe.runtime.archives.count)
		return *below;
	struct digest_run *run = digest_start();
	digest_feed_word(run, "runtime 1");
	digest_feed(run, below->bytes, sizeof below->bytes);
	for (int kind = 0; kind < RUNTIME_COUNT; kind++) {
		int i = runtime_archive(&j->recipe, kind);
		digest_feed_word(run, i < 0 ? "" : runtime_names[kind]);
		if (i >= 0)
			digest_feed(run, j->runtimes[i].digest.bytes, sizeof j->runtimes[i].digest.bytes);
	}
	return digest_finish(run);
}

static void plant(const struct build_context *j, int kind, struct tree *seed)
{
	const struct tree *t = &j->runtimes[runtime_archive(&j->recipe, kind)].files;
	static const char *const programs[RUNTIME_COUNT][4] = { { "python3" }, { "node", "npm", "npx" } };

	for (size_t i = 0; i < t->count; i++) {
		struct entry e = t->items[i];
		AUTO_FREE char *path = mem_printf("opt/%s/%s", runtime_names[kind], e.path);
		e.path = path;
		e.mtime = j->lock.epoch;
		tree_add(seed, &e);
	}
	for (const char *const *name = programs[kind]; *name; name++) {
		AUTO_FREE char *own = mem_printf("bin/%s", *name),
			       *target = mem_printf("/opt/%s/%s", runtime_names[kind], own);
		AUTO_FREE char *package =
			kind == RUNTIME_PYTHON ? runtime_package(&j->recipe, kind) : mem_dup(*name);
		/* python3 stays Debian's, because Debian's programs need it */
		AUTO_FREE char *path = mem_printf("usr/local/bin/%s", package);
		if (tree_find(t, own))
			tree_add(seed, &(struct entry){ .path = path,
							.kind = ENTRY_SYMLINK,
							.mode = 0777,
							.link = target,
							.mtime = j->lock.epoch });
	}
}

/* Checks that the installed builds run in this image, and compiles Python's own files. */
static const char *const no_env[] = { NULL };
static const char *const try_python[] = { "/opt/python/bin/python3", "-c",
					  "import bz2, ctypes, hashlib, lzma, sqlite3, ssl, venv, zlib",
					  NULL };
static const char *const compile_python[] = {
	"/opt/python/bin/python3",
	"-m",
	"compileall",
	"-q",
	"--invalidation-mode",
	"unchecked-hash",
	"-x",
	"/(tests?|idlelib|turtledemo|lib2to3)/",
	"/opt/python/lib",
	NULL,
};
static const char *const try_node[] = { "/opt/node/bin/node", "--eval", "require('crypto')", NULL };

static size_t list_steps(const struct build_context *j, struct service_step ret[static 3])
{
	size_t n = 0;

	if (runtime_archive(&j->recipe, RUNTIME_PYTHON) >= 0) {
		ret[n++] = (struct service_step){ .name = "try the Python of runtime.archives",
						  .cwd = "/",
						  .argv = try_python,
						  .env = no_env };
		ret[n++] = (struct service_step){ .name = "bytecode of Python",
						  .cwd = "/",
						  .argv = compile_python,
						  .env = no_env,
						  .as_root = true };
	}
	if (runtime_archive(&j->recipe, RUNTIME_NODE) >= 0)
		ret[n++] = (struct service_step){ .name = "try the Node of runtime.archives",
						  .cwd = "/",
						  .argv = try_node,
						  .env = no_env };
	return n;
}

struct err *build_runtime(struct build_context *j, const struct digest *below, struct layer_root *root,
			  struct build_runtime *ret)
{
	struct tree seed = { 0 };
	struct service_step steps[3];
	struct layer_steps request = {
		.store = j->store,
		.progress = j->progress,
		.key = build_runtime_key(j, below),
		.root_key = *below,
		.seed = &seed,
		.steps = steps,
		.step_count = list_steps(j, steps),
		.uid = BUILD_PARTS_USER,
		.gid = BUILD_PARTS_USER,
		.epoch = j->lock.epoch,
	};

	*ret = (struct build_runtime){ .there = j->recipe.runtime.archives.count };
	if (!ret->there)
		return NULL;
	for (int kind = 0; kind < RUNTIME_COUNT; kind++)
		if (runtime_archive(&j->recipe, kind) >= 0)
			plant(j, kind, &seed);
	tree_sort(&seed);
	progress_stage(j->progress, "interpreters", request.step_count, "steps");
	struct err *e = layer_steps(&request, root, &ret->delta);
	if (!e)
		progress_done(j->progress, ret->delta.cached ? "cached" : NULL);
	tree_done(&seed);
	return e;
}

void build_runtime_done(struct build_runtime *b)
{
	layer_delta_done(&b->delta);
}
