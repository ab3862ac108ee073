/* SPDX-License-Identifier: MIT */
#include "upgrade/release.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/text.h"
#include "contract/version_order.h"
#include "lib/durable.h"

#define HISTORY_LONGEST 1000 /* former releases of a volume */

static char *path_of(const struct bench *b)
{
	return bench_in_data(b, BENCH_OWN "/committed.json");
}

static json_t *app_row(const struct bench_app *a)
{
	return json_pack("{s:s, s:s*}", "source", bench_app_source(a), "version", a->version);
}

json_t *release_of_image(const struct bench *b)
{
	json_t *apps = json_object();

	for (size_t i = 0; i < b->apps.count; i++)
		json_object_set_new(apps, b->apps.items[i].name, app_row(&b->apps.items[i]));
	const char *dot = b->sql_version ? strchr(b->sql_version, '.') : NULL;
	AUTO_FREE char *series = dot ? mem_ndup(b->sql_version, (size_t)(dot - b->sql_version) + 1 +
									strspn(dot + 1, "0123456789")) :
				       NULL;
	return json_pack("{s:s, s:o, s:s*}", "framework", b->framework, "apps", apps, "mariadb", series);
}

const char *release_server(const json_t *release)
{
	const char *series = json_string_value(json_object_get(release, "mariadb"));

	return series ? series : "";
}

struct err *release_read(const struct bench *b, json_t **ret)
{
	AUTO_FREE char *path = path_of(b);
	bool damaged;

	TRY(durable_read_json(path, ret, &damaged));
	return damaged ? err_new(ERR_SYSTEM, "%s is damaged: restore it from a backup", path) : NULL;
}

/* The digest that names a release in the history: framework, server, and each app's source. */
static char *name_of(const json_t *release)
{
	json_t *apps = json_object_get(release, "apps"), *row, *bare = json_object();
	const char *app;
	char hex[DIGEST_HEX];

	json_object_foreach(apps, app, row) json_object_set(bare, app, json_object_get(row, "source"));
	json_object_set(bare, "/framework", json_object_get(release, "framework"));
	if (*release_server(release))
		json_object_set(bare, "/mariadb", json_object_get(release, "mariadb"));
	AUTO_FREE char *text = json_dumps(bare, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(bare);
	struct digest d = digest_of(text, strlen(text));
	return mem_dup(digest_hex(&d, hex));
}

static bool is_same(const json_t *one, const json_t *other)
{
	AUTO_FREE char *a = name_of(one), *b = name_of(other);

	return !strcmp(a, b);
}

bool release_is_made(const struct ledger *l, const char *site)
{
	AUTO_FREE char *step = mem_printf("site/%s", site);

	return ledger_state(l, step) == LEDGER_DONE;
}

/* Whether the image would make the site now as it was made or migrated last. */
static bool is_current(const json_t *row, const json_t *image)
{
	const char *app, *framework = json_string_value(json_object_get(row, "framework"));
	json_t *had, *apps = json_object_get(image, "apps");

	if (!framework || strcmp(framework, json_string_value(json_object_get(image, "framework"))))
		return false;
	json_object_foreach(
		json_object_get(row, "apps"), app,
		had) if (!json_equal(json_object_get(had, "source"),
				     json_object_get(json_object_get(apps, app), "source"))) return false;
	return true;
}

static bool is_site_due(const struct bench *b, const json_t *committed, const json_t *image,
			const struct bench_site *site)
{
	json_t *row = json_object_get(json_object_get(committed, "sites"), site->name);
	AUTO_FREE const char **more = release_new_apps(b, committed, site);

	return !committed || (row && (!is_current(row, image) || *more));
}

bool release_is_due(const struct bench *b, const struct ledger *l, const json_t *committed)
{
	json_t *image = release_of_image(b);
	bool due = b->apps.count && committed && !is_same(committed, image);

	for (size_t i = 0; b->apps.count && !due && i < b->sites.count; i++)
		due = release_is_made(l, b->sites.items[i].name) &&
		      is_site_due(b, committed, image, &b->sites.items[i]);
	json_decref(image);
	return due;
}

static bool was_left(const json_t *committed, const json_t *image)
{
	AUTO_FREE char *name = name_of(image);
	json_t *left;
	size_t i;

	if (is_same(committed, image))
		return false;
	json_array_foreach(json_object_get(committed, "left"), i,
			   left) if (!strcmp(json_string_value(left), name)) return true;
	return false;
}

static const char *text_at(const json_t *o, const char *outer, const char *key)
{
	const char *text = json_string_value(json_object_get(json_object_get(o, outer), key));

	return text ? text : "?";
}

static struct err *refuse_older(const struct bench *b, const json_t *committed, const char *why)
{
	const char *id = json_string_value(json_object_get(committed, "upgrade"));
	AUTO_FREE char *kept = mem_printf("%s" BENCH_OWN "/before/%s", b->data, id ? id : "none");
	bool there = id && !access(kept, F_OK);

	return err_new(ERR_SYSTEM,
		       "this image is older than the data: %s; the data are of %s %s. Start that image, or a "
		       "newer one%s%s%s",
		       why, text_at(committed, "image", "name"), text_at(committed, "image", "version"),
		       there ? "; to have the data of before the upgrade back, and lose what was written "
			       "since, set MKBENCH_BACK=" :
			       "",
		       there ? id : "", there ? " for one start" : "");
}

static struct err *check_age(const struct bench *b, const json_t *committed, const json_t *image)
{
	json_t *had = json_object_get(committed, "apps"), *row;
	const char *app;

	if (was_left(committed, image))
		return refuse_older(b, committed, "an upgrade has left its apps behind");
	json_object_foreach(json_object_get(image, "apps"), app, row)
	{
		const char *now = json_string_value(json_object_get(row, "version"));
		const char *then = json_string_value(json_object_get(json_object_get(had, app), "version"));
		if (version_order_is_below(now, then)) {
			AUTO_FREE char *why =
				mem_printf("it has %s %s, they need %s %s", app, now, app, then);
			return refuse_older(b, committed, why);
		}
	}
	return NULL;
}

static void add_missing(const struct bench *b, const char *site, json_t *apps, struct text *t)
{
	const char *app;
	json_t *row;

	json_object_foreach(apps, app, row)
	{
		size_t i = 0;
		while (i < b->apps.count && strcmp(b->apps.items[i].name, app))
			i++;
		if (i == b->apps.count)
			text_printf(t, "%ssite %s has the app '%s'", t->len ? ", " : "", site, app);
	}
}

struct err *release_check(const struct bench *b, const json_t *committed)
{
	AUTO_TEXT struct text missing = { 0 };
	json_t *image = committed && b->apps.count ? release_of_image(b) : NULL;

	if (!image)
		return NULL;
	struct err *e = check_age(b, committed, image);
	for (size_t i = 0; i < b->sites.count; i++) {
		json_t *row = json_object_get(json_object_get(committed, "sites"), b->sites.items[i].name);
		add_missing(b, b->sites.items[i].name, json_object_get(row, "apps"), &missing);
	}
	json_decref(image);
	if (!e && missing.len)
		e = err_new(ERR_SYSTEM,
			    "%s, which this image has not: add it to the recipe, or uninstall it with the "
			    "image before",
			    missing.bytes);
	return e;
}

static bool has_app(json_t *row, const char *app)
{
	return json_object_get(json_object_get(row, "apps"), app);
}

/* What the image makes of a site: the apps that it had and those that it shall have. */
static json_t *site_row(const struct bench *b, json_t *had, const struct bench_site *site)
{
	json_t *apps = json_object();

	for (size_t i = 0; i < b->apps.count; i++) {
		const char *name = b->apps.items[i].name;
		bool wanted = has_app(had, name) || i == 0; /* every site has the framework's own app */
		for (const char *const *app = site->apps; *app && !wanted; app++)
			wanted = !strcmp(*app, name);
		if (wanted)
			json_object_set_new(apps, name, app_row(&b->apps.items[i]));
	}
	return json_pack("{s:s, s:o}", "framework", b->framework, "apps", apps);
}

const char **release_new_apps(const struct bench *b, const json_t *committed, const struct bench_site *site)
{
	json_t *row = json_object_get(json_object_get(committed, "sites"), site->name);
	const char **names = mem_array(b->apps.count + 1, sizeof *names);
	size_t count = 0;

	for (const char *const *app = site->apps; row && *app; app++)
		for (size_t i = 0; i < b->apps.count; i++)
			if (!strcmp(b->apps.items[i].name, *app) && !has_app(row, *app))
				names[count++] = b->apps.items[i].name;
	names[count] = NULL;
	return names;
}

struct err *release_check_site(const struct bench *b, const json_t *row, bool *ret_same)
{
	json_t *image = release_of_image(b), *had;
	const char *app;
	struct err *e = NULL;

	json_object_foreach(json_object_get(row, "apps"), app, had)
	{
		json_t *is = json_object_get(json_object_get(image, "apps"), app);
		const char *now = json_string_value(json_object_get(is, "version")),
			   *then = json_string_value(json_object_get(had, "version"));
		if (!e && !is)
			e = err_new(ERR_SYSTEM, "it has the app '%s', which this image has not", app);
		if (!e && version_order_is_below(now, then))
			e = err_new(ERR_SYSTEM, "it is of %s %s, and this image has the older %s", app, then,
				    now);
	}
	*ret_same = !e && is_current(row, image);
	json_decref(image);
	return e;
}

static struct err *put(const struct bench *b, json_t *committed)
{
	AUTO_FREE char *path = path_of(b);
	struct err *e = durable_json(path, committed, 0600, &durable_root, NULL);

	json_decref(committed);
	return e;
}

/* The image's release, with the history of the former one. */
static json_t *next_of(const struct bench *b, const json_t *committed)
{
	json_t *next = release_of_image(b), *left = json_deep_copy(json_object_get(committed, "left"));
	json_t *sites = json_deep_copy(json_object_get(committed, "sites"));

	left = left ? left : json_array();
	if (committed && !is_same(committed, next)) {
		AUTO_FREE char *name = name_of(committed), *now = name_of(next);
		json_array_append_new(left, json_string(name));
		for (size_t i = json_array_size(left); i-- > 0;)
			if (!strcmp(json_string_value(json_array_get(left, i)), now))
				json_array_remove(left, i);
	}
	while (json_array_size(left) > HISTORY_LONGEST)
		json_array_remove(left, 0);
	json_object_set_new(next, "format", json_integer(1));
	json_object_set_new(next, "at", json_integer((json_int_t)time(NULL)));
	json_object_set_new(
		next, "image",
		json_pack("{s:s, s:s, s:s}", "name", b->name, "version", b->version, "build", b->build));
	json_object_set_new(next, "left", left);
	json_object_set_new(next, "sites", sites ? sites : json_object());
	return next;
}

struct err *release_begin(const struct bench *b, const struct ledger *l)
{
	json_t *committed;

	TRY(release_read(b, &committed));
	bool known = committed || !b->apps.count;
	json_decref(committed);
	for (size_t i = 0; i < b->sites.count; i++)
		known |= release_is_made(l, b->sites.items[i].name);
	return known ? NULL : put(b, next_of(b, NULL));
}

struct err *release_add_site(const struct bench *b, const char *site)
{
	json_t *committed, *image = release_of_image(b);
	struct err *e = release_read(b, &committed);
	json_t *sites = json_object_get(committed, "sites");
	bool adds = !e && sites && !json_object_get(sites, site) && is_same(committed, image);

	json_decref(image);
	if (!adds) {
		json_decref(committed);
		return e;
	}
	json_object_set_new(sites, site, site_row(b, NULL, bench_site(b, site)));
	return put(b, committed);
}

struct err *release_commit(const struct bench *b, const struct ledger *l, const char *upgrade)
{
	json_t *committed;

	TRY(release_read(b, &committed));
	json_t *next = next_of(b, committed), *sites = json_object_get(next, "sites");
	for (size_t i = 0; i < b->sites.count; i++) {
		const struct bench_site *s = &b->sites.items[i];
		if (release_is_made(l, s->name))
			json_object_set_new(sites, s->name, site_row(b, json_object_get(sites, s->name), s));
	}
	json_object_set_new(next, "upgrade", json_string(upgrade));
	json_decref(committed);
	return put(b, next);
}
