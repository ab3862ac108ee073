/* SPDX-License-Identifier: MIT */
#include "lib/bench.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "contract/host_name.h"
#include "recipe/draft.h"
#include "recipe/pattern.h"
#include "lib/site_registry.h"
#include "schema/problem.h"

/* A static program has no name service, so ids come from the image's own /etc/passwd. */
static struct err *find_account(struct account *a)
{
	return a->uid || !strcmp(a->name, "root") ? NULL : account_find("/etc/passwd", a);
}

static struct err *find_accounts(struct bench *b)
{
	TRY(find_account(&b->user));
	TRY(find_account(&b->mysql));
	for (size_t i = 0; i < b->redis.count; i++) {
		struct bench_redis *r = &b->redis.items[i];
		if (r->data && !r->user.name)
			return err_new(ERR_RECIPE, "'%s' has data and no user", r->name);
		if (r->data)
			TRY(find_account(&r->user));
	}
	for (size_t i = 0; i < b->folders.count; i++)
		TRY(find_account(&b->folders.items[i].owner));
	return NULL;
}

static struct err *check_sites(const struct bench_site *sites, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!host_name_is_site(sites[i].name))
			return err_new(ERR_RECIPE, "'%s' cannot be a site's name", sites[i].name);
	return NULL;
}

static struct err *check_twice(const struct bench *b)
{
	for (size_t i = 0; i < b->sites.count; i++)
		if (bench_site(b, b->sites.items[i].name) != &b->sites.items[i])
			return err_new(ERR_RECIPE, "site '%s' is there twice", b->sites.items[i].name);
	return NULL;
}

struct err *bench_parse(const char *bytes, size_t len, struct bench *b)
{
	TRY(bench_json_read(bytes, len, b));
	TRY_AS(find_accounts(b), "bench.json");
	TRY_AS(check_sites(b->sites.items, b->sites.count), "bench.json");
	TRY_AS(check_twice(b), "bench.json");
	return NULL;
}

/* The image's sites first, then the added ones; a name that the image has as well counts once. */
static struct err *add_sites(struct bench *b)
{
	struct bench_site *more;
	size_t count, had = b->sites.count;

	TRY(bench_json_sites(&b->arena, b->added, &more, &count));
	TRY(check_sites(more, count));
	struct bench_site *all = arena_new(&b->arena, (had + count) * sizeof *all);
	if (had)
		memcpy(all, b->sites.items, had * sizeof *all);
	b->sites.items = all;
	for (size_t i = 0; i < count; i++) {
		if (bench_site(b, more[i].name) || json_object_get(json_array_get(b->added, i), "dropped"))
			continue;
		all[b->sites.count] = more[i];
		all[b->sites.count++].added = true;
	}
	return NULL;
}

/* A dropped site is not one of the bench's; an unfinished drop is listed with its date. */
static void read_drops(struct bench *b)
{
	json_t *row;
	size_t i;

	b->drops.items = arena_new(&b->arena, json_array_size(b->added) * sizeof *b->drops.items);
	json_array_foreach(b->added, i, row)
	{
		const char *date = json_string_value(json_object_get(row, "dropped")),
			   *name = json_string_value(json_object_get(row, "name"));
		if (!date)
			continue;
		for (size_t k = 0; k < b->sites.count; k++)
			if (!strcmp(b->sites.items[k].name, name))
				memmove(&b->sites.items[k], &b->sites.items[k + 1],
					(--b->sites.count - k) * sizeof *b->sites.items);
		if (*date)
			b->drops.items[b->drops.count++] =
				(struct bench_drop){ name, date,
						     json_is_true(json_object_get(row, "purge")) };
	}
}

static struct err *read_added(struct bench *b)
{
	TRY(site_registry_read(b, &b->added));
	TRY_AS(add_sites(b), "added sites");
	read_drops(b);
	return NULL;
}

void bench_add_templates(struct bench *b)
{
	static const char *const none[] = { NULL };
	size_t had = b->sites.count;
	struct bench_site *all = arena_new(&b->arena, (had + b->templates.count) * sizeof *all);

	for (size_t i = 0; i < had; i++)
		all[i] = b->sites.items[i];
	for (size_t i = 0; i < b->templates.count; i++) {
		AUTO_FREE char *name = mem_printf("%s" BENCH_TEMPLATE, b->templates.items[i].name);
		all[had + i] = b->templates.items[i];
		all[had + i].name = arena_dup(&b->arena, name, strlen(name));
		all[had + i].hosts = none;
		all[had + i].admin_password = "generate";
	}
	b->sites.items = all;
	b->sites.count = had + b->templates.count;
}

bool bench_is_template(const struct bench_site *s)
{
	size_t len = strlen(s->name), end = strlen(BENCH_TEMPLATE);

	return len > end && !strcmp(s->name + len - end, BENCH_TEMPLATE);
}

static const char *json_path(void)
{
	const char *path = getenv("MKBENCH_BENCH");

	return path && *path ? path : BENCH_JSON;
}

char *bench_beside(const char *name)
{
	const char *path = json_path(), *slash = strrchr(path, '/');

	return mem_printf("%.*s%s", slash ? (int)(slash + 1 - path) : 0, path, name);
}

struct err *bench_read(struct bench *b)
{
	AUTO_FREE char *bytes = NULL;
	size_t len;

	*b = (struct bench){ 0 };
	TRY(file_read(json_path(), 4 << 20, &bytes, &len));
	TRY(bench_parse(bytes, len, b));
	return read_added(b);
}

const struct bench_site *bench_site(const struct bench *b, const char *name)
{
	for (size_t i = 0; i < b->sites.count; i++)
		if (!strcmp(b->sites.items[i].name, name))
			return &b->sites.items[i];
	return NULL;
}

char *bench_in_data(const struct bench *b, const char *below)
{
	return mem_printf("%s%s", b->data, below);
}

static struct err *check_name(const struct pattern *p, const char *name, const char *what)
{
	struct arena arena = { 0 };
	struct problems wrong = { .arena = &arena };
	struct err *e = NULL;

	if (!draft_accepts(p, "name", name, (struct mark){ 0 }, &wrong))
		e = err_new(ERR_USAGE, "'%s' cannot be a %s: %s", name, what, wrong.first->text);
	arena_done(&arena);
	return e;
}

struct err *bench_site_name(const char *name)
{
	return check_name(&pattern_site, name, "site's name");
}

struct err *bench_host_name(const char *name)
{
	return check_name(&pattern_host, name, "host name");
}

const char *bench_app_source(const struct bench_app *a)
{
	return a->commit ? a->commit : a->content;
}
