/* SPDX-License-Identifier: MIT */
/* Writes a lock to its file. */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/text.h"
#include "recipe/lock.h"
#include "schema/scalar.h"

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

/* Writes a word without quotes unless YAML would misread it: 2048 is a package. */
static void put_word(struct text *t, const char *key, const char *value)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789+.-";

	if (!value || !*value || value[strspn(value, plain)] || scalar_disguise(value))
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
	put_text(t, "git", a->git);
	put_word(t, "ref", a->ref);
	if (a->git && !a->submodules)
		text_put(t, "submodules: false, ");
	put_text(t, "sha256", a->sha256);
	put_text(t, "commit", a->commit);
	for (size_t i = 0; i < a->modules.count; i++) {
		text_put(t, i ? ", " : "modules: [");
		put_quoted(t, ((const char *const *)a->modules.items)[i]);
	}
	text_put(t, a->modules.count ? "], tree: " : "tree: ");
	put_quoted(t, a->tree);
	text_put(t, "}\n");
}

static void put_order(struct text *t, const struct list *names)
{
	for (size_t i = 0; i < names->count; i++) {
		text_put(t, i ? ", " : "order: [");
		put_quoted(t, ((const char *const *)names->items)[i]);
	}
	if (names->count)
		text_put(t, "]\n");
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
	put_order(&t, &l->order);
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
