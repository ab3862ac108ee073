/* SPDX-License-Identifier: MIT */
#include "tools/ctl_add.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "lib/site_registry.h"
#include "start/state.h"
#include "tools/ctl_provide.h"

struct words {
	const char **items;
	size_t count, room;
};

static int is_app(const struct dirent *d)
{
	return d->d_name[0] != '.' && d->d_type != DT_REG;
}

static struct err *check_apps(const struct bench *b, const char *const *wanted)
{
	AUTO_FREE char *folder = mem_printf("%s/apps", b->path);
	AUTO_TEXT struct text known = { 0 };
	struct dirent **rows = NULL;
	struct err *e = NULL;
	int count = *wanted ? scandir(folder, &rows, is_app, alphasort) : 0;

	if (count < 0)
		return err_errno(errno, "%s", folder);
	for (int i = 0; i < count; i++)
		text_printf(&known, "%s%s", i ? ", " : "", rows[i]->d_name);
	for (; *wanted && !e; wanted++) {
		int i = 0;
		while (i < count && strcmp(rows[i]->d_name, *wanted))
			i++;
		if (i == count)
			e = err_new(ERR_USAGE, "the image has no app '%s': known are %s", *wanted,
				    known.len ? known.bytes : "none");
	}
	for (int i = 0; i < count; i++)
		free(rows[i]);
	free(rows);
	return e;
}

struct wish {
	const char *name, *template;
	const char *const *apps, *const *hosts;
	bool again;
};

static const struct bench_site *template_of(const struct bench *b, const char *name)
{
	for (size_t i = 0; i < b->templates.count; i++)
		if (!strcmp(b->templates.items[i].name, name))
			return &b->templates.items[i];
	return NULL;
}

static struct err *unknown_template(const struct bench *b, const char *name)
{
	AUTO_TEXT struct text known = { 0 };

	for (size_t i = 0; i < b->templates.count; i++)
		text_printf(&known, "%s%s", i ? ", " : "", b->templates.items[i].name);
	return err_new(ERR_USAGE, "the image has no template '%s': known are %s", name,
		       known.len ? known.bytes : "none");
}

/* Where a new site's settings come from: the template, the default site, or the first template. */
static const struct bench_site *like_of(const struct bench *b, const char *template)
{
	const struct bench_site *site = b->default_site ? bench_site(b, b->default_site) : NULL;

	if (template)
		return template_of(b, template);
	return site ? site : b->templates.count ? &b->templates.items[0] : NULL;
}

static struct err *check_name(const struct bench *b, const struct wish *w)
{
	TRY(bench_site_name(w->name));
	for (size_t i = 0; w->hosts[i]; i++)
		TRY(bench_host_name(w->hosts[i]));
	if (site_registry_of_image(b, w->name) && (w->apps[0] || w->hosts[0] || w->template))
		return err_new(ERR_USAGE,
			       "site %s is the image's, with its apps and hosts: add it without any",
			       w->name);
	for (size_t i = 0; i < b->drops.count; i++)
		if (!strcmp(b->drops.items[i].name, w->name))
			return err_new(ERR_USAGE,
				       "site %s is being dropped: benchctl drop-site %s goes on with it",
				       w->name, w->name);
	return NULL;
}

static struct err *record_site(struct bench *b, const struct wish *w)
{
	const struct bench_site *like = like_of(b, w->template);

	if (bench_site(b, w->name) && !w->again)
		return err_new(
			ERR_USAGE,
			"there is a site %s already (--again makes it again after it was removed by hand)",
			w->name);
	if (bench_site(b, w->name))
		return NULL;
	if (w->template && !like)
		return unknown_template(b, w->template);
	TRY(check_name(b, w));
	TRY(check_apps(b, w->apps));
	return site_registry_add(b, &(struct bench_site){ .name = w->name,
							  .apps = w->apps[0] || !like ? w->apps : like->apps,
							  .hosts = w->hosts,
							  .time_zone = like ? like->time_zone : NULL,
							  .language = like ? like->language : NULL });
}

/* A site that does not answer must not stay: every start would try it again. */
static struct err *undo_site(struct bench *b, const char *name)
{
	int status = 0;

	fprintf(stderr, "benchctl: site %s does not work: it is removed again\n", name);
	TRY(site_registry_drop(b, name, true));
	TRY(ctl_provide("--drop", name, NULL, &status));
	return status ? err_new(ERR_SYSTEM,
				"not all of it could be removed: benchctl drop-site %s --yes --purge goes on",
				name) :
			NULL;
}

static struct err *add_site(struct bench *b, const struct wish *w, int *ret_status)
{
	bool is_new = !bench_site(b, w->name);

	TRY(record_site(b, w));
	fflush(stdout);
	TRY(ctl_provide("--site", w->name, w->again ? "--again" : NULL, ret_status));
	return *ret_status && is_new ? undo_site(b, w->name) : NULL;
}

struct err *ctl_add(struct bench *b, int argc, char **argv, int *ret_status)
{
	struct words apps = { 0 }, hosts = { 0 };
	struct wish w = { 0 };
	bool wrong = false;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--app") && i + 1 < argc)
			VEC_PUSH(&apps, argv[++i]);
		else if (!strcmp(argv[i], "--host") && i + 1 < argc)
			VEC_PUSH(&hosts, argv[++i]);
		else if (!strcmp(argv[i], "--template") && i + 1 < argc && !w.template)
			w.template = argv[++i];
		else if (!strcmp(argv[i], "--again"))
			w.again = true;
		else if (argv[i][0] != '-' && !w.name)
			w.name = argv[i];
		else
			wrong = true;
	}
	wrong |= w.template && apps.count;
	VEC_PUSH(&apps, NULL);
	VEC_PUSH(&hosts, NULL);
	AUTO_FREE const char **app_list = apps.items, **host_list = hosts.items;
	if (wrong || !w.name)
		return err_new(ERR_USAGE, "usage: benchctl add-site " CTL_ADD_ARGUMENTS);
	w.apps = app_list;
	w.hosts = host_list;
	TRY(state_check_up());
	return add_site(b, &w, ret_status);
}
