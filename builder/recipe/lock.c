/* SPDX-License-Identifier: MIT */
#include "recipe/lock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "recipe/pattern.h"
#include "schema/scalar.h"

#define LOCK_FORMAT 1u
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
	struct list packages, apps, runtimes, pins;
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

static void put_quoted(struct text *t, const char *value)
{
	text_put(t, "\"");
	for (; *value; value++)
		if (*value == '"' || *value == '\\')
			text_printf(t, "\\%c", *value);
		else if (*value == '\n' || *value == '\t')
			text_put(t, *value == '\n' ? "\\n" : "\\t");
		else
			text_add(t, value, 1);
	text_put(t, "\"");
}

static void put_text(struct text *t, const char *key, const char *value)
{
	if (!value)
		return;
	text_printf(t, "%s: ", key);
	put_quoted(t, value);
	text_put(t, ", ");
}

/* Without quotes, except where YAML would take it for something else: 2048 is a package. */
static void put_word(struct text *t, const char *key, const char *value)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789+.-";

	if (!value || value[strspn(value, plain)] || scalar_disguise(value))
		put_text(t, key, value);
	else
		text_printf(t, "%s: %s, ", key, value);
}

static void put_programs(struct text *t, const struct lock_programs *p)
{
	char source[DIGEST_HEX], sha256[DIGEST_HEX], note[DIGEST_HEX];

	if (!digest_is_zero(&p->source))
		text_printf(t, "programs: {source: \"%s\", sha256: \"%s\", note: \"%s\"}\n",
			    digest_hex(&p->source, source), digest_hex(&p->sha256, sha256),
			    digest_hex(&p->note, note));
}

static void put_package(struct text *t, const struct lock_package *p)
{
	char hex[DIGEST_HEX];

	text_put(t, "  - {");
	put_word(t, "name", p->name);
	put_text(t, "version", p->version);
	put_word(t, "arch", p->architecture);
	put_word(t, "layer", lock_group_names[p->group]);
	put_word(t, "also", p->also ? lock_group_names[p->also] : NULL);
	put_word(t, "because", p->because);
	put_word(t, "archive", p->archive);
	put_text(t, "file", p->filename);
	text_printf(t, "size: %" PRIu64 ", sha256: \"%s\"}\n", p->size_bytes, digest_hex(&p->sha256, hex));
}

static void put_app(struct text *t, const struct lock_app *a)
{
	text_put(t, "  - {");
	put_word(t, "name", a->name);
	put_text(t, "commit", a->commit);
	for (size_t i = 0; i < a->modules.count; i++) {
		text_put(t, i ? ", " : "modules: [");
		put_quoted(t, ((const char *const *)a->modules.items)[i]);
	}
	text_put(t, a->modules.count ? "], tree: " : "tree: ");
	put_quoted(t, a->tree);
	text_put(t, "}\n");
}

static void put_runtime(struct text *t, const struct lock_runtime *r)
{
	text_put(t, "  - {");
	put_word(t, "name", r->name);
	put_text(t, "version", r->version);
	put_text(t, "from", r->from);
	put_text(t, "sha256", r->sha256);
	text_put(t, "tree: ");
	put_quoted(t, r->tree);
	text_put(t, "}\n");
}

static void put_pins(struct text *t, const struct lock_pins *p)
{
	char hex[DIGEST_HEX];

	text_put(t, "  - name: ");
	put_quoted(t, p->name);
	text_printf(t, "\n    asked: \"%s\"\n    lines:%s\n", digest_hex(&p->asked, hex),
		    p->line_count ? "" : " []");
	for (size_t i = 0; i < p->line_count; i++) {
		text_put(t, "      - ");
		put_quoted(t, p->lines[i]);
		text_put(t, "\n");
	}
}

struct err *lock_write(const char *path, const struct lock *l)
{
	AUTO_TEXT struct text t = { 0 };
	time_t epoch = (time_t)l->epoch;
	struct tm tm;
	char day[32], hex[DIGEST_HEX];

	gmtime_r(&epoch, &tm);
	strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S", &tm);
	text_put(&t, "# Written by mkbench lock; keep it beside the recipe and under version control.\n");
	text_printf(&t, "format: %u\nasked: \"%s\"\nepoch: %" PRId64 " # %s UTC\n", LOCK_FORMAT,
		    digest_hex(&l->asked, hex), l->epoch, day);
	put_programs(&t, &l->programs);
	text_printf(&t, "packages:%s\n", l->package_count ? "" : " []");
	for (size_t i = 0; i < l->package_count; i++)
		put_package(&t, &l->packages[i]);
	if (l->app_count)
		text_put(&t, "apps:\n");
	for (size_t i = 0; i < l->app_count; i++)
		put_app(&t, &l->apps[i]);
	if (l->runtime_count)
		text_put(&t, "runtimes:\n");
	for (size_t i = 0; i < l->runtime_count; i++)
		put_runtime(&t, &l->runtimes[i]);
	if (l->pin_count)
		text_put(&t, "pins:\n");
	for (size_t i = 0; i < l->pin_count; i++)
		put_pins(&t, &l->pins[i]);
	if (!digest_is_zero(&l->sites))
		text_printf(
			&t,
			"sites: \"%s\" # the layer that prebake made, which is never the same bytes twice\n",
			digest_hex(&l->sites, hex));
	return file_write(path, t.bytes, t.len, 0644);
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
