/* SPDX-License-Identifier: MIT */
#include "recipe/site_check.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "recipe/recipe_view.h"
#include "recipe/twins.h"
#include "recipe/zone.h"

static const char *nearest_app(const struct recipe_view *v, const char *name)
{
	const char *names[100];
	size_t count = 0;

	for (size_t i = 0; i < v->r->apps.count && count < COUNT(names); i++)
		if (v->apps[i].name)
			names[count++] = v->apps[i].name;
	return text_nearest(name, names, count);
}

static void check_site_apps(const struct recipe_view *v, const char *list, const struct site *s, size_t i)
{
	const char *const *apps = s->apps.items;

	for (size_t k = 0; k < s->apps.count; k++) {
		if (!apps[k] || recipe_view_app(v, apps[k]))
			continue;
		const char *near = nearest_app(v, apps[k]);
		problem_add(v->p, node_mark(v->root, "%s/%zu/apps/%zu", list, i, k),
			    "the recipe has no app '%s': %s%s%s", apps[k],
			    near ? "did you mean '" : "add it to 'apps'", near ? near : "", near ? "'?" : "");
	}
	twins_check(v->p, node_find(v->root, "%s/%zu/apps", list, i), s->apps.count, "the app");
}

/* A site's hosts by number; number 0 is its name. */
static const char *host_at(const struct site *s, size_t k)
{
	return k ? ((const char *const *)s->hosts.items)[k - 1] : s->name;
}

/* The site that has the host, among those written before host k of site i. */
static const struct site *taken(const struct recipe_view *v, const char *host, size_t i, size_t k)
{
	for (size_t before = 0; before <= i; before++) {
		const struct site *s = &v->sites[before];
		size_t count = before == i ? k : s->hosts.count + 1;
		for (size_t j = 0; j < count; j++)
			if (recipe_view_same(host_at(s, j), host))
				return s;
	}
	return NULL;
}

static void check_hosts(const struct recipe_view *v, size_t i)
{
	const struct site *s = &v->sites[i];

	for (size_t k = 0; k <= s->hosts.count; k++) {
		const char *host = host_at(s, k);
		const struct site *other = host ? taken(v, host, i, k) : NULL;
		if (!other)
			continue;
		struct mark at = k ? node_mark(v->root, "sites/%zu/hosts/%zu", i, k - 1) :
				     node_mark(v->root, "sites/%zu/name", i);
		if (other == s)
			problem_add(v->p, at, "'%s' is already a host of this site: once is enough", host);
		else
			problem_add(v->p, at,
				    "'%s' is already a host of the site of line %u: a host has one site",
				    host, other->at.line);
	}
}

static void check_zone(const struct recipe_view *v, const char *list, const struct site *s, size_t i)
{
	if (!s->time_zone || zone_known(s->time_zone))
		return;
	const char *near = zone_nearest(v->p->arena, s->time_zone);
	problem_add(v->p, node_mark(v->root, "%s/%zu/time_zone", list, i),
		    "there is no time zone '%s': %s%s%s", s->time_zone,
		    near ? "did you mean '" : "write one such as Europe/Paris", near ? near : "",
		    near ? "'?" : "");
}

static void check_templates(const struct recipe_view *v)
{
	const struct site *all = v->r->templates.items;
	const struct node *sites = node_find(v->root, "sites");

	for (size_t i = 0; i < v->r->templates.count && !problem_full(v->p); i++) {
		check_site_apps(v, "templates", &all[i], i);
		check_zone(v, "templates", &all[i], i);
		for (size_t k = 0; k < i; k++)
			if (recipe_view_same(all[i].name, all[k].name))
				problem_add(v->p, node_mark(v->root, "templates/%zu/name", i),
					    "the template '%s' is given twice: line %u has it already",
					    all[i].name, all[k].at.line);
	}
	if (sites && sites->kind == NODE_LIST && !sites->child && !node_find(v->root, "templates/0"))
		problem_add(v->p, sites->key ? sites->key->at : sites->at,
			    "there is no site, and no template of those that benchctl add-site makes later: "
			    "name one or the other");
}

void site_check(const struct recipe *r, const struct node *root, struct problems *p)
{
	const struct recipe_view all = {
		.r = r,
		.root = root,
		.p = p,
		.apps = r->apps.items,
		.sites = r->sites.items,
	};
	const struct recipe_view *v = &all;

	for (size_t i = 0; i < r->sites.count && !problem_full(p); i++) {
		const struct site *s = &v->sites[i];
		check_hosts(v, i);
		check_site_apps(v, "sites", s, i);
		check_zone(v, "sites", s, i);
		if (s->developer_mode && recipe_wants_disk(r))
			problem_add(
				p, node_mark(root, "sites/%zu/developer_mode", i),
				"developer_mode writes into the apps' source, which a disk has in memory: "
				"it would be gone at the next boot; develop in a container (outputs: "
				"[docker])");
		else if (s->developer_mode && r->mode == MODE_PRODUCTION)
			problem_warn(p, node_mark(root, "sites/%zu/developer_mode", i),
				     "developer_mode in production lets administrators change code: use it "
				     "while developing");
	}
	check_templates(v);
}
