/* SPDX-License-Identifier: MIT */
#include "service/service_needs.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct err *service_needs_list(struct service_set *s)
{
	const struct manifest *f = s->framework;
	const struct manifest_needs *n = &f->app_needs;

	if (!n->file != !n->variable)
		return template_refuse(&f->source, n->file ? n->file : n->variable,
				       "'app_needs' has a 'file' and the name of a 'variable' in it");
	if (!n->file)
		return NULL;
	s->needs = arena_new(&s->arena, s->recipe->apps.count * sizeof *s->needs);
	for (size_t i = 0; i < s->recipe->apps.count; i++)
		TRY(template_text(&s->arena, &s->apps[i], &f->source, f->app_needs.file, &s->needs[i].file));
	return NULL;
}

void service_needs_done(struct service_set *s)
{
	for (size_t i = 0; s->needs && i < s->recipe->apps.count; i++)
		free(s->needs[i].names.items);
}

const char *service_needs_file(const struct service_set *s, size_t app)
{
	return s->needs ? s->needs[app].file : NULL;
}

struct err *service_needs_read(struct service_set *s, size_t app, const char *shown, const char *bytes)
{
	return declared_needs_read(&s->arena, shown, bytes, s->framework->app_needs.variable,
				   &s->needs[app].names);
}

/* Whether a site installs an app; the framework's own is first and on every site. */
static bool installs(const struct service_set *s, const struct site *site, const char *app)
{
	const char *const *names = site->apps.items;

	for (size_t i = 0; i < site->apps.count; i++)
		if (!strcmp(names[i], app))
			return true;
	return !site->apps.count || !strcmp(((const struct app *)s->recipe->apps.items)[0].name, app);
}

static struct err *check_app(const struct service_set *s, const struct app *app, const char *need)
{
	const struct recipe *r = s->recipe;
	const struct app *apps = r->apps.items;
	const struct site *sites = r->sites.items;
	size_t i = 0;

	while (i < r->apps.count && strcmp(apps[i].name, need))
		i++;
	if (i == r->apps.count)
		return err_new(ERR_RECIPE,
			       "%s:%u:%u: the app '%s' needs '%s', which is not here: add it to 'apps'",
			       r->path, app->at.line, app->at.column, app->name, need);
	for (i = 0; i < r->sites.count; i++)
		if (sites[i].apps.count && installs(s, &sites[i], app->name) && !installs(s, &sites[i], need))
			return err_new(
				ERR_RECIPE,
				"%s:%u:%u: this site's app '%s' needs '%s', too: add it to the site's 'apps'",
				r->path, sites[i].at.line, sites[i].at.column, app->name, need);
	return NULL;
}

static bool is_ready(const struct service_set *s, size_t app, const size_t *order, size_t placed)
{
	const struct app *apps = s->recipe->apps.items;
	const struct declared_needs *n = &s->needs[app].names;

	for (size_t i = 0; i < placed; i++)
		if (order[i] == app)
			return false;
	for (size_t i = 0; i < n->count; i++) {
		size_t k = 0;
		while (k < placed && strcmp(apps[order[k]].name, n->items[i]))
			k++;
		if (k == placed)
			return false;
	}
	return true;
}

static struct err *refuse_circle(const struct service_set *s, const size_t *order, size_t placed)
{
	const struct app *apps = s->recipe->apps.items;
	size_t i = 0;

	for (size_t k = 0; k < placed;)
		if (order[k++] == i) {
			i++; /* placed: look for the next one from the beginning */
			k = 0;
		}
	return err_new(
		ERR_RECIPE,
		"%s:%u:%u: the app '%s' is needed by apps that it needs itself: none of them can be first",
		s->recipe->path, apps[i].at.line, apps[i].at.column, apps[i].name);
}

/* In the recipe's order, but each app after those it needs. */
struct err *service_needs_settle(struct service_set *s)
{
	const struct app *apps = s->recipe->apps.items;
	size_t count = s->recipe->apps.count;

	if (!s->needs)
		return NULL;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < s->needs[i].names.count; k++)
			TRY(check_app(s, &apps[i], s->needs[i].names.items[k]));
	size_t *order = arena_new(&s->arena, count * sizeof *order);
	for (size_t placed = 0; placed < count; placed++) {
		size_t i = 0;
		while (i < count && !is_ready(s, i, order, placed))
			i++;
		if (i == count)
			return refuse_circle(s, order, placed);
		order[placed] = i;
	}
	s->order = order;
	return NULL;
}
