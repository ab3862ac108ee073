/* SPDX-License-Identifier: MIT */
#include "recipe/lock.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "recipe/pattern.h"

#define LOCK_LIMIT (64u << 20)
#define LIST_MAX 100000u

const char *const lock_group_names[GROUP_COUNT + 1] = {
	[GROUP_BASE] = "base",	 [GROUP_SERVICES] = "services", [GROUP_RUNTIME] = "runtime",
	[GROUP_BUILD] = "build", [GROUP_DISK] = "disk",		[GROUP_BOOT] = "boot",
};

/* The lists as the schema fills them: digests are still text. */
struct package_row {
	struct lock_package package;
	const char *sha256;
};

struct programs_row {
	const char *source, *sha256, *note;
};

struct written {
	uint64_t format, epoch;
	const char *asked, *sites;
	struct programs_row programs;
	struct list packages, order, apps, runtimes, pins;
};

struct pins_row {
	struct lock_pins pins;
	const char *asked;
	struct list lines;
};

static const struct field package_fields[] = {
	{ "name", FIELD_TEXT, .required = true, .offset = offsetof(struct package_row, package.name),
	  .pattern = &pattern_package, .help = "what it is called" },
	{ "version", FIELD_TEXT, .required = true, .offset = offsetof(struct package_row, package.version),
	  .help = "the version chosen" },
	{ "arch", FIELD_TEXT, .required = true, .offset = offsetof(struct package_row, package.architecture),
	  .help = "the architecture, or all" },
	{ "layer", FIELD_ENUM, .required = true, .offset = offsetof(struct package_row, package.group),
	  .choices = lock_group_names, .help = "where it is poured" },
	{ "also", FIELD_ENUM, .offset = offsetof(struct package_row, package.also),
	  .choices = lock_group_names, .help = "where else a package of 'build' is needed" },
	{ "because", FIELD_TEXT, .offset = offsetof(struct package_row, package.because),
	  .help = "who needs it" },
	{ "archive", FIELD_TEXT, .required = true, .offset = offsetof(struct package_row, package.archive),
	  .help = "the suite it is of" },
	{ "file", FIELD_TEXT, .required = true, .offset = offsetof(struct package_row, package.filename),
	  .help = "its path below the mirror" },
	{ "size", FIELD_COUNT, .required = true, .offset = offsetof(struct package_row, package.size_bytes),
	  .min = 1, .help = "its bytes" },
	{ "sha256", FIELD_TEXT, .required = true, .offset = offsetof(struct package_row, sha256),
	  .pattern = &pattern_sha256, .help = "its digest" },
	{ .name = NULL },
};

static const struct pattern pattern_submodule = { "^.+ ([0-9a-f]{40}|[0-9a-f]{64})$", "a path and a commit",
						  8192, NULL };

static const struct field app_fields[] = {
	{ "name", FIELD_TEXT, .required = true, .offset = offsetof(struct lock_app, name),
	  .pattern = &pattern_app, .help = "what it is called" },
	{ "git", FIELD_TEXT, .offset = offsetof(struct lock_app, git), .help = "the repository asked for" },
	{ "ref", FIELD_TEXT, .offset = offsetof(struct lock_app, ref), .help = "the ref asked for" },
	{ "submodules", FIELD_BOOL, .offset = offsetof(struct lock_app, submodules), .fallback = "true",
	  .help = "whether they were asked for" },
	{ "sha256", FIELD_TEXT, .offset = offsetof(struct lock_app, sha256), .pattern = &pattern_sha256,
	  .help = "the archive asked for" },
	{ "commit", FIELD_TEXT, .offset = offsetof(struct lock_app, commit), .help = "its commit" },
	{ "modules", FIELD_LIST, .offset = offsetof(struct lock_app, modules), .max = 1000,
	  .pattern = &pattern_submodule, .help = "its submodules" },
	{ "tree", FIELD_TEXT, .required = true, .offset = offsetof(struct lock_app, tree),
	  .help = "the digest of its files" },
	{ .name = NULL },
};

static const struct field runtime_fields[] = {
	{ "name", FIELD_TEXT, .required = true, .offset = offsetof(struct lock_runtime, name),
	  .pattern = &pattern_file, .help = "what it is called" },
	{ "version", FIELD_TEXT, .required = true, .offset = offsetof(struct lock_runtime, version),
	  .help = "its version" },
	{ "from", FIELD_TEXT, .required = true, .offset = offsetof(struct lock_runtime, from),
	  .help = "its URL or path" },
	{ "sha256", FIELD_TEXT, .offset = offsetof(struct lock_runtime, sha256), .pattern = &pattern_sha256,
	  .help = "its archive's digest" },
	{ "tree", FIELD_TEXT, .required = true, .offset = offsetof(struct lock_runtime, tree),
	  .help = "the digest of its files" },
	{ .name = NULL },
};

static const struct pattern pattern_line = { "^[ -~]+$", "one line of plain characters", 65536, NULL };

static const struct field pins_fields[] = {
	{ "name", FIELD_TEXT, .required = true, .offset = offsetof(struct pins_row, pins.name),
	  .pattern = &pattern_file, .help = "what they are called" },
	{ "asked", FIELD_TEXT, .required = true, .offset = offsetof(struct pins_row, asked),
	  .pattern = &pattern_sha256, .help = "the digest of the files that they answer" },
	{ "lines", FIELD_LIST, .required = true, .offset = offsetof(struct pins_row, lines), .max = LIST_MAX,
	  .pattern = &pattern_line, .help = "what was chosen" },
	{ .name = NULL },
};

static const struct field programs_fields[] = {
	{ "source", FIELD_TEXT, .offset = offsetof(struct programs_row, source), .pattern = &pattern_sha256,
	  .help = "the digest of their sources" },
	{ "sha256", FIELD_TEXT, .offset = offsetof(struct programs_row, sha256), .pattern = &pattern_sha256,
	  .help = "their digest" },
	{ "note", FIELD_TEXT, .offset = offsetof(struct programs_row, note), .pattern = &pattern_sha256,
	  .help = "the digest of what says what is linked into them" },
	{ .name = NULL },
};

static const struct field lock_fields[] = {
	{ "format", FIELD_COUNT, .required = true, .offset = offsetof(struct written, format),
	  .min = LOCK_FORMAT, .max = LOCK_FORMAT, .help = "the format of this file" },
	{ "asked", FIELD_TEXT, .required = true, .offset = offsetof(struct written, asked),
	  .pattern = &pattern_sha256, .help = "the digest of the recipe's question" },
	{ "epoch", FIELD_COUNT, .required = true, .offset = offsetof(struct written, epoch),
	  .help = "the newest date of the archives" },
	{ "programs", FIELD_MAP, .offset = offsetof(struct written, programs), .fields = programs_fields,
	  .help = "mkbench's own programs in the image" },
	{ "packages", FIELD_LIST, .required = true, .offset = offsetof(struct written, packages),
	  .max = LIST_MAX, .fields = package_fields, .item_size = sizeof(struct package_row),
	  .help = "what was chosen" },
	{ "order", FIELD_LIST, .offset = offsetof(struct written, order), .max = LIST_MAX,
	  .pattern = &pattern_app, .help = "every app of the recipe" },
	{ "apps", FIELD_LIST, .offset = offsetof(struct written, apps), .max = LIST_MAX, .fields = app_fields,
	  .item_size = sizeof(struct lock_app), .help = "the apps' sources" },
	{ "runtimes", FIELD_LIST, .offset = offsetof(struct written, runtimes), .max = 100,
	  .fields = runtime_fields, .item_size = sizeof(struct lock_runtime),
	  .help = "interpreters that are no Debian packages" },
	{ "pins", FIELD_LIST, .offset = offsetof(struct written, pins), .max = 100, .fields = pins_fields,
	  .item_size = sizeof(struct pins_row), .item_mark = offsetof(struct pins_row, pins.at),
	  .help = "what package managers chose" },
	{ "sites", FIELD_TEXT, .offset = offsetof(struct written, sites), .pattern = &pattern_sha256,
	  .help = "the layer of prebaked sites" },
	{ .name = NULL },
};

char *lock_path(const char *recipe_path)
{
	const char *slash = strrchr(recipe_path, '/'), *dot = strrchr(recipe_path, '.');
	size_t len = dot && dot > (slash ? slash + 1 : recipe_path) ? (size_t)(dot - recipe_path) :
								      strlen(recipe_path);

	return mem_printf("%.*s.lock", (int)len, recipe_path);
}

static void keep_packages(struct lock *l, const struct list *rows)
{
	const struct package_row *row = rows->items;

	l->packages = arena_new(&l->arena, rows->count * sizeof *l->packages);
	l->package_count = rows->count;
	for (size_t i = 0; i < rows->count; i++) {
		l->packages[i] = row[i].package;
		digest_parse(row[i].sha256, &l->packages[i].sha256);
	}
}

static void keep_pins(struct lock *l, const struct list *rows, struct problems *problems)
{
	const struct pins_row *row = rows->items;

	l->pins = arena_new(&l->arena, rows->count * sizeof *l->pins);
	for (size_t i = 0; i < rows->count; i++) {
		struct lock_pins *pins = &l->pins[l->pin_count];
		if (lock_pins_find(l, row[i].pins.name))
			problem_add(problems, row[i].pins.at, "pins '%s' are there twice", row[i].pins.name);
		*pins = row[i].pins;
		digest_parse(row[i].asked, &pins->asked);
		pins->lines = row[i].lines.items;
		pins->line_count = row[i].lines.count;
		l->pin_count++;
	}
}

static struct err *read_bytes(const char *path, const char *bytes, size_t len, struct lock *ret)
{
	struct problems problems = { .arena = &ret->arena };
	struct written w = { 0 };
	const struct node *root = node_read(bytes, len, &problems);

	if (root)
		schema_read(lock_fields, root, &w, &problems);
	if (!problems.count)
		keep_pins(ret, &w.pins, &problems);
	if (problems.count) {
		const struct problem *p = problems.first;
		return err_new(ERR_RECIPE,
			       "%s:%u:%u: %s (the lock is written by 'mkbench lock', not by hand)", path,
			       p->at.line, p->at.column, p->text);
	}
	digest_parse(w.asked, &ret->asked);
	if (w.programs.source && w.programs.sha256 && w.programs.note) {
		digest_parse(w.programs.source, &ret->programs.source);
		digest_parse(w.programs.sha256, &ret->programs.sha256);
		digest_parse(w.programs.note, &ret->programs.note);
	}
	ret->epoch = (int64_t)w.epoch;
	keep_packages(ret, &w.packages);
	ret->order = w.order;
	ret->apps = w.apps.items;
	ret->app_count = w.apps.count;
	ret->runtimes = w.runtimes.items;
	ret->runtime_count = w.runtimes.count;
	if (w.sites)
		digest_parse(w.sites, &ret->sites);
	return NULL;
}

struct err *lock_read(const char *path, struct lock *ret, bool *ret_found)
{
	AUTO_FREE char *bytes = NULL;
	size_t len;

	*ret = (struct lock){ 0 };
	struct err *e = file_read(path, LOCK_LIMIT, &bytes, &len);
	*ret_found = !e;
	if (e && err_code(e) == ENOENT) {
		err_free(e);
		return NULL;
	}
	return e ? e : read_bytes(path, bytes, len, ret);
}

struct lock_app *lock_app_find(const struct lock *l, const char *name)
{
	for (size_t i = 0; i < l->app_count; i++)
		if (!strcmp(l->apps[i].name, name))
			return &l->apps[i];
	return NULL;
}

const struct lock_pins *lock_pins_find(const struct lock *l, const char *name)
{
	for (size_t i = 0; i < l->pin_count; i++)
		if (!strcmp(l->pins[i].name, name))
			return &l->pins[i];
	return NULL;
}

void lock_done(struct lock *l)
{
	arena_done(&l->arena);
	*l = (struct lock){ 0 };
}
