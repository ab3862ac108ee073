/* SPDX-License-Identifier: MIT */
#include "service/bench_values.h"

#include <fnmatch.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "contract/bench_json.h"
#include "service/bench_framework.h"
#include "service/dirs_and_links.h"
#include "service/process.h"

struct filling {
	const struct service_set *set;
	struct arena arena; /* for filled texts and lists */
	struct bench bench;
};

/* Allocates that many rows for a list of the bench. */
#define ROOM(f, list, n) ((f)->bench.list.items = arena_new(&(f)->arena, (n) * sizeof *(f)->bench.list.items))

static const char *const *words_of(struct filling *f, const struct list *l)
{
	const char **words = arena_new(&f->arena, (l->count + 1) * sizeof *words);

	if (l->count)
		memcpy(words, l->items, l->count * sizeof *words);
	return words;
}

static const char *text_of(const struct filling *f, const char *name)
{
	const char *text = variables_get(&f->set->scope, name, strlen(name));

	return text ? text : "";
}

static const struct manifest *find_manifest(const struct filling *f, const char *name)
{
	for (size_t i = 0; i < f->set->manifest_count; i++)
		if (!strcmp(f->set->manifests[i].name, name) && !f->set->manifests[i].framework)
			return &f->set->manifests[i];
	return NULL;
}

static struct account account_of(const struct service_user *user)
{
	return user ? (struct account){ user->name, user->uid, user->gid } : (struct account){ 0 };
}

static struct err *fill_mariadb(struct filling *f)
{
	const struct mariadb *m = &f->set->recipe->mariadb;
	const struct manifest *service = find_manifest(f, "mariadb");
	const struct service_user *user = service_set_user(f->set, "mysql");
	struct bench *b = &f->bench;

	if (!service || !user)
		return NULL;
	b->mysql = account_of(user);
	b->sql_socket = text_of(f, "mariadb.socket");
	b->sql_data = text_of(f, "mariadb.folder");
	b->sql_memory_file = text_of(f, "mariadb.memory_file");
	b->sql_pool_bytes = m->buffer_pool_bytes;
	b->sql_pool_percent = m->buffer_pool_percent;
	b->sql_version = f->set->server_version;
	return template_list(&f->arena, &f->set->scope, &service->source, &service->commands.install,
			     &b->sql_install);
}

static void fill_redis(struct filling *f)
{
	ROOM(f, redis, f->set->redis_count);
	for (size_t i = 0; i < f->set->redis_count; i++) {
		const struct variables *r = &f->set->redis[i];
		const char *role = variables_get(r, "redis.name", strlen("redis.name"));
		const char *folder = variables_get(r, "redis.folder", strlen("redis.folder"));
		AUTO_FREE char *name = mem_printf("redis-%s", role);
		f->bench.redis.items[f->bench.redis.count++] = (struct bench_redis){
			.name = arena_dup(&f->arena, name, strlen(name)),
			.role = role,
			.data = *folder ? folder : NULL,
			.user = { .name = "redis" },
			.port = (unsigned)strtoul(variables_get(r, "redis.port", strlen("redis.port")), NULL,
						  10),
			.socket = variables_get(r, "redis.socket", strlen("redis.socket")),
		};
	}
}

/* A file that is written at each start, and the pattern by which nginx includes it: a pattern may match no
 * file. */
static struct err *included_file(const struct filling *f, const struct manifest *nginx, const char *what,
				 const char **ret)
{
	AUTO_FREE char *file = mem_printf("nginx.%s_file", what),
		       *pattern = mem_printf("nginx.%s_pattern", what);

	*ret = text_of(f, file);
	if (**ret != '/' || fnmatch(text_of(f, pattern), *ret, FNM_PATHNAME))
		return err_new(ERR_RECIPE,
			       "%s: %s_pattern must match %s_file, a path: the guest writes the file, nginx "
			       "includes the pattern",
			       nginx->source.path, what, what);
	return NULL;
}

static struct err *fill_nginx(struct filling *f)
{
	const struct manifest *service = find_manifest(f, "nginx");
	struct bench *b = &f->bench;

	b->unknown_host = f->set->recipe->nginx.unknown_host;
	/* The PDF generator requests pages like a visitor. Behind a trusted proxy the sites' names lead to
	 * that proxy, also for https. */
	b->names_inside = f->set->recipe->pdf != PDF_NONE && !f->set->recipe->nginx.trusted_proxies.count;
	if (!service) {
		b->sites_file = "/run/mkbench/nginx-sites.conf";
		return NULL;
	}
	TRY(included_file(f, service, "sites", &b->sites_file));
	TRY(included_file(f, service, "events", &b->events_file));
	TRY(included_file(f, service, "listen", &b->listen_file));
	return template_list(&f->arena, &f->set->scope, &service->source, &service->commands.check,
			     &b->nginx_check);
}

static void fill_web(struct filling *f)
{
	const struct recipe *r = f->set->recipe;
	const struct manifest *m = f->set->framework;
	struct bench *b = &f->bench;

	b->web_port = (unsigned)strtoul(text_of(f, "web.port"), NULL, 10);
	b->web_workers = (unsigned)r->web.workers;
	b->web_worker_bytes = m->memory_per_worker_bytes;
	b->socketio_port = (unsigned)r->socketio_port;
	b->socketio_path = m->socketio_path ? m->socketio_path : "/";
	b->logs_events = r->logs.to_stdout != LOGS_ALL;
	b->supervisor_program = text_of(f, "supervisor.program");
	b->supervisor_socket = text_of(f, "supervisor.socket");
	b->preload_socket = text_of(f, "supervisor.preload");
	b->supervisor_configuration = text_of(f, "supervisor.configuration");
}

static void add_port(struct filling *f, uint64_t port, const char *key, const char *whose, bool everywhere)
{
	f->bench.ports.items[f->bench.ports.count++] =
		(struct bench_port){ (unsigned)port, key, whose, everywhere };
}

/* The ports in use, and the recipe's key that changes each. */
static void fill_ports(struct filling *f)
{
	static const char *const keys[REDIS_COUNT] = { "redis: { cache: { port } }",
						       "redis: { queue: { port } }",
						       "redis: { socketio: { port } }" };
	const struct recipe *r = f->set->recipe;

	ROOM(f, ports, 4 + REDIS_COUNT);
	add_port(f, r->nginx.port, "nginx: { port }", r->mode == MODE_PRODUCTION ? "Nginx" : "the web server",
		 true);
	if (r->mode == MODE_PRODUCTION)
		add_port(f, r->web.port, "web: { port }", "Nginx, for programs of the bench", false);
	if (find_manifest(f, "mariadb"))
		add_port(f, r->mariadb.port, "mariadb: { port }", "MariaDB", false);
	for (size_t i = 0; f->set->redis_count && i < REDIS_COUNT; i++)
		if (!r->redis[i].alias)
			add_port(f, r->redis[i].port, keys[i], "Redis", false);
	if (find_manifest(f, "socketio"))
		add_port(f, r->socketio_port, "socketio: { port }", "Socket.io", r->mode != MODE_PRODUCTION);
}

static void fill_programs(struct filling *f)
{
	const struct process_table *table = &f->set->processes;

	ROOM(f, programs, table->count);
	for (size_t i = 0; i < table->count; i++) {
		const struct process *p = &table->items[i];
		f->bench.programs.items[f->bench.programs.count++] = (struct bench_program){
			.name = p->name,
			.group = p->group,
			.role = p->role,
			.phase = p->phase,
			.stop_order = (unsigned)p->row->stop.order,
			.stop_seconds = (unsigned)p->row->stop.hurry_seconds,
		};
	}
}

static void fill_dirs(struct filling *f)
{
	const struct service_set *s = f->set;

	ROOM(f, folders, s->folders.count);
	for (size_t i = 0; i < s->folders.count; i++)
		f->bench.folders.items[f->bench.folders.count++] = (struct bench_folder){
			s->folders.items[i].path,
			account_of(s->folders.items[i].user),
			(unsigned)strtoul(s->folders.items[i].mode, NULL, 8),
		};
	ROOM(f, links, s->links.count);
	for (size_t i = 0; i < s->links.count; i++)
		if (dirs_and_links_on_volume(s->links.items[i].path))
			f->bench.links.items[f->bench.links.count++] =
				(struct bench_link){ s->links.items[i].path, s->links.items[i].to };
}

static bool wants(const struct site *site, const char *app)
{
	const char *const *names = site->apps.items;

	for (size_t i = 0; i < site->apps.count; i++)
		if (!strcmp(names[i], app))
			return true;
	return !site->apps.count;
}

static const char *const *apps_of(struct filling *f, const struct site *site)
{
	const struct recipe *r = f->set->recipe;
	const struct app *apps = r->apps.items;
	const size_t *order = f->set->order;
	const char **names = arena_new(&f->arena, (r->apps.count + 1) * sizeof *names);
	size_t count = 0;

	if (site->apps.count && !order)
		return words_of(f, &site->apps);
	for (size_t i = 0; i < r->apps.count; i++) {
		const char *name = apps[order ? order[i] : i].name;
		if (wants(site, name))
			names[count++] = name;
	}
	return names;
}

static struct bench_site site_of(struct filling *f, const struct site *s)
{
	static const char *const sources[] = {
		[PASSWORD_GENERATE] = "generate", [PASSWORD_ENV] = "env", [PASSWORD_FILE] = "file"
	};

	return (struct bench_site){
		.name = s->name,
		.hosts = words_of(f, &s->hosts),
		.apps = apps_of(f, s),
		.time_zone = s->time_zone,
		.language = s->language,
		.developer_mode = s->developer_mode,
		.admin_password = sources[s->admin_password],
	};
}

static void fill_sites(struct filling *f)
{
	const struct site *sites = f->set->recipe->sites.items, *templates = f->set->recipe->templates.items;

	f->bench.sites.count = f->set->recipe->sites.count;
	ROOM(f, sites, f->bench.sites.count);
	for (size_t i = 0; i < f->bench.sites.count; i++)
		f->bench.sites.items[i] = site_of(f, &sites[i]);
	f->bench.templates.count = f->set->recipe->templates.count;
	ROOM(f, templates, f->bench.templates.count);
	for (size_t i = 0; i < f->bench.templates.count; i++)
		f->bench.templates.items[i] = site_of(f, &templates[i]);
}

/* Identifies each app by what a migration of its data may depend on. */
static void fill_apps(struct filling *f)
{
	const struct app *apps = f->set->recipe->apps.items;
	size_t count = f->set->recipe->apps.count;

	f->bench.interpreters.items = f->set->interpreters;
	f->bench.interpreters.count = f->set->interpreter_count;
	ROOM(f, apps, count);
	f->bench.apps.count = count;
	for (size_t i = 0; i < count; i++) {
		const struct app_identity *is = &f->set->identities[i];
		const char *ref =
			is->commit && apps[i].ref && strcmp(apps[i].ref, is->commit) ? apps[i].ref : NULL;
		f->bench.apps.items[i] =
			(struct bench_app){ apps[i].name, is->version, is->commit, is->content, ref };
	}
}

static void fill_general(struct filling *f, const char *build_id)
{
	const struct recipe *r = f->set->recipe;
	struct bench *b = &f->bench;

	b->format = BENCH_JSON_FORMAT;
	b->name = r->name;
	b->version = r->version;
	b->build = build_id;
	b->development = r->mode != MODE_PRODUCTION;
	b->path = BENCH_PATH;
	b->user = account_of(service_set_user(f->set, BENCH_USER));
	b->data = BENCH_DATA;
	b->http_port = (unsigned)r->nginx.port;
	b->default_site = r->sites.count ? text_of(f, "site.first") : NULL;
	/* both lists have the same words in the same order: tests/unit/bench_json.c */
	b->upgrade_failure = r->upgrade.on_failure;
	b->backup_to = r->backup.to;
	b->backup_schedule = r->backup.schedule;
	b->backup_hourly = (unsigned)r->backup.keep_hourly;
	b->backup_daily = (unsigned)r->backup.keep_daily;
	b->backup_weekly = (unsigned)r->backup.keep_weekly;
	b->backup_monthly = (unsigned)r->backup.keep_monthly;
	b->upgrade_keep_seconds = (unsigned)r->upgrade.keep_seconds;
}

static struct err *fill_all(struct filling *f, const char *build_id)
{
	fill_general(f, build_id);
	fill_apps(f);
	TRY(bench_framework(f->set, &f->arena, &f->bench));
	f->bench.site_folders = words_of(f, &f->set->framework->site_folders);
	TRY(fill_mariadb(f));
	TRY(fill_nginx(f));
	fill_redis(f);
	fill_web(f);
	fill_ports(f);
	fill_programs(f);
	fill_dirs(f);
	fill_sites(f);
	return NULL;
}

struct err *bench_values_check(const struct service_set *s)
{
	struct filling f = { .set = s };
	struct err *e = fill_nginx(&f);

	arena_done(&f.arena);
	return e;
}

struct err *bench_values_write(const struct service_set *s, const char *build_id, char **ret)
{
	struct filling f = { .set = s };
	struct err *e = fill_all(&f, build_id);

	if (!e)
		*ret = bench_json_write(&f.bench);
	json_decref(f.bench.common_site_config);
	json_decref(f.bench.site_config);
	arena_done(&f.arena);
	return e;
}
