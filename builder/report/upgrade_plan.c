/* SPDX-License-Identifier: MIT */
#include "report/upgrade_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "contract/bench_json.h"
#include "contract/version_order.h"
#include "report/report_text.h"

#define LONGEST_LINE 1000

/* Text from an image, safe for terminals; null for NULL. */
static json_t *said(const char *foreign)
{
	AUTO_TEXT struct text plain = { 0 };

	text_put(&plain, "");
	if (foreign)
		report_text_put(&plain, foreign);
	return report_text_json(foreign ? plain.bytes : NULL);
}

/* One of the two images. */
struct side {
	const struct contents *contents;
	struct bench bench;
};

static struct err *open_side(const struct contents *c, struct side *ret)
{
	size_t len;
	const char *text = contents_text(contents_find(c, BENCH_JSON), &len);

	ret->contents = c;
	if (!len)
		return err_new(ERR_USAGE, "%s is no image of mkbench: it has no " BENCH_JSON, c->source.path);
	TRY_AS(bench_json_read_some(text, len, &ret->bench), "%s", c->source.path);
	return NULL;
}

static const struct bench_app *find_app(const struct side *s, const char *name)
{
	for (size_t i = 0; i < s->bench.apps.count; i++)
		if (!strcmp(s->bench.apps.items[i].name, name))
			return &s->bench.apps.items[i];
	return NULL;
}

static const struct bench_site *find_site(const struct side *s, const char *name)
{
	for (size_t i = 0; i < s->bench.sites.count; i++)
		if (!strcmp(s->bench.sites.items[i].name, name))
			return &s->bench.sites.items[i];
	return NULL;
}

static bool has_word(const char *const *list, const char *word)
{
	for (; list && *list; list++)
		if (!strcmp(*list, word))
			return true;
	return false;
}

/* In the order of patches.txt: the framework remembers a whole line, including its comment. */
static void read_patches(const char *text, size_t len, json_t *patches)
{
	for (const char *at = text, *end = text + len; at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		stop = stop ? stop : end;
		size_t n = (size_t)(stop - at), blank = 0;
		while (blank < n && strchr(" \t\r", at[blank]))
			blank++;
		while (n > blank && strchr(" \t\r", at[n - 1]))
			n--;
		AUTO_FREE char *line = mem_ndup(at + blank, n - blank);
		if (*line && *line != '#' && *line != '[' && strlen(line) <= LONGEST_LINE)
			json_array_append_new(patches, said(line));
		at = stop + (stop < end);
	}
}

/* Without patches.txt: the modules of the app's package `patches`, sorted by name. */
static void list_modules(const struct tree *t, const char *folder, json_t *patches)
{
	for (size_t i = 0; i < t->count; i++) {
		const char *path = t->items[i].path, *name = path + strlen(folder);
		if (t->items[i].kind != ENTRY_FILE || !text_starts(path, folder) || strchr(name, '/') ||
		    !text_ends(name, ".py") || *name == '_')
			continue;
		AUTO_FREE char *module = mem_ndup(name, strlen(name) - strlen(".py"));
		json_array_append_new(patches, said(module));
	}
}

static json_t *patches_of(const struct side *s, const char *app)
{
	json_t *patches = json_array();
	const char *root = s->bench.path ? s->bench.path : "";
	AUTO_FREE char *listed = mem_printf("%s/apps/%s/%s/patches.txt", root, app, app),
		       *folder = mem_printf("%s/apps/%s/%s/patches/", root, app, app);
	const struct entry *e = contents_find(s->contents, listed);
	size_t len;
	const char *text = contents_text(e, &len);

	if (e)
		read_patches(text, len, patches);
	else
		list_modules(&s->contents->tree, folder + strspn(folder, "/"), patches);
	return patches;
}

static bool has_text(const json_t *list, const json_t *text)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (json_equal(json_array_get(list, i), text))
			return true;
	return false;
}

/* Patches that a site of the old image has not run. */
static json_t *new_patches(const struct side *old, const struct side *new, const char *app)
{
	json_t *had = patches_of(old, app), *has = patches_of(new, app), *more = json_array(), *one;
	size_t i;

	json_array_foreach(has, i, one) if (!has_text(had, one) && !has_text(more, one))
		json_array_append(more, one);
	json_decref(had);
	json_decref(has);
	return more;
}

static json_t *app_json(const struct bench_app *a)
{
	return !a ? json_null() :
		    json_pack("{s:o, s:o, s:o}", "version", said(a->version), "commit", said(a->commit),
			      "content", said(a->content));
}

static bool is_same_source(const struct bench_app *a, const struct bench_app *b)
{
	const char *one = a->commit ? a->commit : a->content, *other = b->commit ? b->commit : b->content;

	return one && other && !strcmp(one, other);
}

static void add_app(const struct side *old, const struct side *new, const char *name, json_t *apps)
{
	const struct bench_app *had = find_app(old, name), *has = find_app(new, name);
	const char *change = !had ? "new" : !has ? "removed" : is_same_source(had, has) ? "same" : "changed";

	json_array_append_new(apps, json_pack("{s:o, s:s, s:o, s:o, s:o}", "name", said(name), "change",
					      change, "old", app_json(had), "new", app_json(has), "patches",
					      had && has ? new_patches(old, new, name) : json_array()));
}

static json_t *compare_apps(const struct side *old, const struct side *new)
{
	json_t *apps = json_array();

	for (size_t i = 0; i < new->bench.apps.count; i++)
		add_app(old, new, new->bench.apps.items[i].name, apps);
	for (size_t i = 0; i < old->bench.apps.count; i++)
		if (!find_app(new, old->bench.apps.items[i].name))
			add_app(old, new, old->bench.apps.items[i].name, apps);
	return apps;
}

/* "1:10.11.14-0+deb12u2" is upstream version 10.11.14. */
static char *upstream_version(const struct side *s, const char *package)
{
	for (size_t i = 0; i < s->contents->package_count; i++) {
		const struct contents_package *p = &s->contents->packages[i];
		if (p->kind != PACKAGE_DEBIAN || strcmp(p->name, package) || !p->version)
			continue;
		const char *colon = strchr(p->version, ':'), *version = colon ? colon + 1 : p->version;
		return mem_ndup(version, strcspn(version, "-+~"));
	}
	return NULL;
}

/* The series of the bench's own Python if its packages have a folder for one; it may differ from Debian's. */
static char *python_series(const struct side *s)
{
	AUTO_FREE char *lib = mem_printf("%s/env/lib/python", s->bench.path ? s->bench.path : "");
	const char *head = lib + strspn(lib, "/");

	for (size_t i = 0; i < s->contents->tree.count; i++) {
		const char *path = s->contents->tree.items[i].path, *number = path + strlen(head);
		if (text_starts(path, head) && strcspn(number, "/"))
			return mem_ndup(number, strcspn(number, "/"));
	}
	return upstream_version(s, "python3");
}

/* A program that reads or writes the data, or runs the apps. */
static const struct server {
	const char *title, *package; /* package NULL: Python */
	bool keeps_data;
} servers[] = {
	{ "MariaDB", "mariadb-server", true },
	{ "Redis", "redis-server", true },
	{ "Python", NULL, false },
	{ "Node", "nodejs", false },
};

static char *server_version(const struct side *s, const struct server *server)
{
	if (!server->package)
		return python_series(s);
	return !strcmp(server->title, "MariaDB") && s->bench.sql_version ?
		       mem_dup(s->bench.sql_version) :
		       upstream_version(s, server->package);
}

/* The first two numbers: within a series, data files stay compatible. */
static char *series_of(const char *version)
{
	const char *dot = strchr(version, '.');

	return mem_ndup(version,
			dot ? (size_t)(dot - version) + 1 + strspn(dot + 1, "0123456789") : strlen(version));
}

static void refuse(json_t *refused, const char *why)
{
	json_array_append_new(refused, said(why));
}

static json_t *compare_servers(const struct side *old, const struct side *new, json_t *refused,
			       bool *ret_migrates)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < COUNT(servers); i++) {
		AUTO_FREE char *had = server_version(old, &servers[i]),
			       *has = server_version(new, &servers[i]);
		if (!had || !has)
			continue;
		AUTO_FREE char *before = series_of(had), *after = series_of(has);
		bool other = strcmp(before, after) != 0, mariadb = i == 0;
		json_array_append_new(rows, json_pack("{s:s, s:o, s:o, s:b}", "name", servers[i].title, "old",
						      said(had), "new", said(has), "other_series", other));
		*ret_migrates |= mariadb && other;
		if (!servers[i].keeps_data || !version_order_is_below(after, before))
			continue;
		AUTO_FREE char *why = mem_printf("%s %s may not read what %s %s has written",
						 servers[i].title, has, servers[i].title, had);
		refuse(refused, why);
	}
	return rows;
}

/* The first app is the framework's own, and every site has it. */
static bool site_has(const struct side *s, const struct bench_site *site, const char *app)
{
	return has_word(site->apps, app) ||
	       (s->bench.apps.count && !strcmp(s->bench.apps.items[0].name, app));
}

static void check_site(const struct side *old, const struct side *new, const struct bench_site *had,
		       json_t *refused)
{
	for (size_t i = 0; i < old->bench.apps.count; i++) {
		const char *app = old->bench.apps.items[i].name;
		if (!site_has(old, had, app) || find_app(new, app))
			continue;
		AUTO_FREE char *why = mem_printf("site %s has the app '%s', which the new image has not: add "
						 "it to the recipe, or uninstall it with the old image",
						 had->name, app);
		refuse(refused, why);
	}
}

static json_t *site_json(const struct side *old, const struct side *new, const struct bench_site *site,
			 bool *ret_migrates)
{
	const struct bench_site *had = find_site(old, site->name);
	json_t *more = json_array();

	for (const char *const *app = site->apps; had && app && *app; app++)
		if (find_app(new, *app) && !site_has(old, had, *app))
			json_array_append_new(more, said(*app));
	*ret_migrates |= json_array_size(more) > 0;
	return json_pack("{s:o, s:s, s:o}", "name", said(site->name), "change", had ? "kept" : "new",
			 "new_apps", more);
}

static json_t *compare_sites(const struct side *old, const struct side *new, json_t *refused,
			     bool *ret_migrates)
{
	json_t *sites = json_array();

	for (size_t i = 0; i < new->bench.sites.count; i++) {
		const struct bench_site *site = &new->bench.sites.items[i], *had = find_site(old, site->name);
		if (had)
			check_site(old, new, had, refused);
		json_array_append_new(sites, site_json(old, new, site, ret_migrates));
	}
	for (size_t i = 0; i < old->bench.sites.count; i++)
		if (!find_site(new, old->bench.sites.items[i].name))
			json_array_append_new(sites, json_pack("{s:o, s:s, s:[]}", "name",
							       said(old->bench.sites.items[i].name), "change",
							       "not served", "new_apps"));
	return sites;
}

static void check_versions(const struct side *old, const struct side *new, json_t *refused)
{
	for (size_t i = 0; i < new->bench.apps.count; i++) {
		const struct bench_app *has = &new->bench.apps.items[i], *had = find_app(old, has->name);
		if (!had || !version_order_is_below(has->version, had->version))
			continue;
		AUTO_FREE char *why =
			mem_printf("the new image has %s %s, which is older than the data's %s %s", has->name,
				   has->version, has->name, had->version);
		refuse(refused, why);
	}
}

static bool apps_differ(const json_t *apps)
{
	for (size_t i = 0; i < json_array_size(apps); i++)
		if (strcmp(json_string_value(json_object_get(json_array_get(apps, i), "change")), "same") !=
		    0)
			return true;
	return false;
}

static json_t *image_json(const struct bench *b)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "name", said(b->name), "version", said(b->version), "build",
			 said(b->build), "framework", said(b->framework));
}

static json_t *compare(const struct side *old, const struct side *new)
{
	const char *before = old->bench.framework, *after = new->bench.framework;
	json_t *refused = json_array(), *apps = compare_apps(old, new);
	bool migrates = apps_differ(apps) || !before || !after || strcmp(before, after) != 0;

	check_versions(old, new, refused);
	json_t *sites = compare_sites(old, new, refused, &migrates);
	json_t *rows = compare_servers(old, new, refused, &migrates);
	return json_pack("{s:i, s:o, s:o, s:b, s:o, s:o, s:o, s:o}", "format", 1, "old",
			 image_json(&old->bench), "new", image_json(&new->bench), "migrates", migrates,
			 "apps", apps, "sites", sites, "servers", rows, "refused", refused);
}

struct err *upgrade_plan_of(const struct contents *old, const struct contents *new, json_t **ret)
{
	struct side before = { 0 }, after = { 0 };
	struct err *e = open_side(old, &before);

	if (!e)
		e = open_side(new, &after);
	*ret = e ? NULL : compare(&before, &after);
	bench_json_done(&before.bench);
	bench_json_done(&after.bench);
	return e;
}
