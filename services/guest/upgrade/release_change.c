/* SPDX-License-Identifier: MIT */
#include "upgrade/release_change.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "upgrade/release.h"

#define SHORT 7 /* digits of a commit or a digest, as git shows them */

static const char *word(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

static void begin_part(struct text *t)
{
	text_printf(t, "%s", t->len ? ", " : "");
}

static const char *short_source(const json_t *app)
{
	const char *source = word(app, "source"), *colon = strchr(source, ':');

	return colon ? colon + 1 : source;
}

/* An app that both releases have. */
static void add_app(struct text *t, const char *name, const json_t *had, const json_t *has)
{
	const char *old = word(had, "version"), *new = word(has, "version");

	if (!strcmp(word(had, "source"), word(has, "source")))
		return;
	begin_part(t);
	if (strcmp(old, new) != 0 && *old && *new)
		text_printf(t, "%s %s -> %s", name, old, new);
	else
		text_printf(t, "%s %s%s%.*s -> %.*s%s", name, new, *new ? " (" : "", SHORT, short_source(had),
			    SHORT, short_source(has), *new ? ")" : "");
}

static void add_one(struct text *t, const char *name, const json_t *app, const char *what)
{
	const char *version = word(app, "version");

	begin_part(t);
	text_printf(t, "%s%s%s %s", name, *version ? " " : "", version, what);
}

static void add_word(struct text *t, const char *title, const char *old, const char *new)
{
	if (!strcmp(old, new) || !*old || !*new)
		return;
	begin_part(t);
	text_printf(t, "%s %s -> %s", title, old, new);
}

/* Whether the site has the app or shall have it. */
static bool is_of(const struct bench *b, const json_t *committed, const char *site, const char *app)
{
	const struct bench_site *row = site ? bench_site(b, site) : NULL;

	if (!site ||
	    json_object_get(
		    json_object_get(json_object_get(json_object_get(committed, "sites"), site), "apps"), app))
		return true;
	for (const char *const *one = row ? row->apps : NULL; one && *one; one++)
		if (!strcmp(*one, app))
			return true;
	return false;
}

static void add_apps(struct text *t, const struct bench *b, const json_t *committed, json_t *image,
		     const char *site)
{
	json_t *had = json_object_get(committed, "apps"), *has = json_object_get(image, "apps"), *row;
	const char *name;

	json_object_foreach(has, name, row)
	{
		const json_t *before = json_object_get(had, name);
		if (!is_of(b, committed, site, name))
			continue;
		if (before)
			add_app(t, name, before, row);
		else
			add_one(t, name, row, "is new");
	}
	json_object_foreach(had, name,
			    row) if (!json_object_get(has, name) && is_of(b, committed, site, name))
		add_one(t, name, row, "is no more");
}

char *release_change(const struct bench *b, const char *site)
{
	struct text t = { 0 };
	json_t *committed, *image = release_of_image(b);
	struct err *e = release_read(b, &committed);

	if (!e && committed && b->apps.count) {
		add_apps(&t, b, committed, image, site);
		add_word(&t, "framework", word(committed, "framework"), word(image, "framework"));
		add_word(&t, "MariaDB", release_server(committed), release_server(image));
	}
	err_free(e); /* whoever needs it reports the error */
	json_decref(committed);
	json_decref(image);
	return t.len ? text_take(&t) : mem_dup("");
}
