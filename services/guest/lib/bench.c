/* SPDX-License-Identifier: MIT */
#include "lib/bench.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "lib/json_reader.h"
#include "recipe/draft.h"
#include "recipe/pattern.h"
#include "lib/site_registry.h"
#include "schema/problem.h"

static struct account read_account(struct json_reader *r, json_t *o)
{
	struct account a = { .name = json_reader_text(r, o, "user") };

	a.uid = (uid_t)json_reader_number(r, o, "uid", 0);
	a.gid = (gid_t)json_reader_number(r, o, "gid", 0);
	if (!r->failed && !a.uid && strcmp(a.name, "root"))
		json_reader_fail(r, account_find("/etc/passwd", &a));
	return a;
}

static void read_commands(struct json_reader *r, json_t *list, struct bench_command **ret, size_t *ret_count)
{
	*ret_count = json_array_size(list);
	*ret = arena_new(r->arena, *ret_count * sizeof **ret);
	for (size_t i = 0; i < *ret_count; i++) {
		json_t *o = json_array_get(list, i);
		(*ret)[i] = (struct bench_command){
			.name = json_reader_text(r, o, "name"),
			.argv = json_reader_words(r, o, "argv", false),
			.cwd = json_reader_text_or(r, o, "cwd", NULL),
			.env = json_reader_words(r, o, "env", true),
			.seconds = (unsigned)json_reader_number(r, o, "seconds", 3600),
		};
	}
}

static void read_apps(struct json_reader *r, struct bench *b)
{
	json_t *list = json_reader_list(r, b->root, "apps");

	b->apps.count = json_array_size(list);
	b->apps.items = arena_new(r->arena, b->apps.count * sizeof *b->apps.items);
	for (size_t i = 0; i < b->apps.count; i++) {
		json_t *o = json_array_get(list, i);
		const char *commit = json_reader_text_or(r, o, "commit", NULL);
		b->apps.items[i] = (struct bench_app){
			.name = json_reader_text(r, o, "name"),
			.version = json_reader_text_or(r, o, "version", NULL),
			.source = commit ? commit : json_reader_text(r, o, "content"),
		};
	}
}

static void read_upgrade(struct json_reader *r, struct bench *b)
{
	json_t *o = json_object_get(b->root, "upgrade") ? json_reader_object(r, b->root, "upgrade") : NULL;

	b->upgrade_holds = o && !strcmp(json_reader_text_or(r, o, "on_failure", "back"), "hold");
	b->upgrade_keep_seconds = o ? (unsigned)json_reader_number(r, o, "keep_seconds", 0) : 0;
}

static void read_framework(struct json_reader *r, struct bench *b)
{
	static const char *const folders[] = { "public/files", "private/files", "private/backups", "locks", "logs", NULL };
	json_t *o = json_reader_object(r, b->root, "framework");

	b->common_site_config = json_reader_object(r, o, "common_site_config");
	b->site_config = json_reader_object(r, o, "site_config");
	b->site_folders = json_reader_words(r, o, "site_folders", true);
	if (!b->site_folders[0])
		b->site_folders = folders;
	b->probe_path = json_reader_text_or(r, o, "probe_path", "/api/method/ping");
	read_commands(r, json_reader_list(r, o, "site_create"), &b->create.items, &b->create.count);
	read_commands(r, json_reader_list(r, o, "site_finish"), &b->finish.items, &b->finish.count);
	b->framework = json_reader_text_or(r, o, "name", "");
	read_commands(r, json_reader_list(r, o, "site_migrate"), &b->migrate.items, &b->migrate.count);
	read_commands(r, json_reader_list(r, o, "site_install"), &b->install.items, &b->install.count);
	read_commands(r, json_reader_list(r, o, "site_probe"), &b->probes.items, &b->probes.count);
}

static void read_services(struct json_reader *r, struct bench *b)
{
	json_t *o = json_reader_object(r, b->root, "mariadb");

	b->mysql = read_account(r, o);
	b->sql_version = json_reader_text_or(r, o, "version", NULL);
	b->sql_socket = json_reader_text(r, o, "socket");
	b->sql_data = json_reader_text(r, o, "data");
	b->sql_install = json_reader_words(r, o, "install", false);
	b->sql_pool_bytes = json_reader_number(r, o, "buffer_pool_bytes", 0);
	b->sql_pool_percent = json_reader_number(r, o, "buffer_pool_percent", 25);
	b->sql_memory_file = json_reader_text(r, o, "memory_file");
	o = json_reader_object(r, b->root, "web");
	b->web_port = (unsigned)json_reader_number(r, o, "port", 8000);
	b->web_workers = (unsigned)json_reader_number(r, o, "workers", 0);
	b->web_worker_bytes = json_reader_number(r, o, "memory_per_worker_bytes", 180 << 20);
	b->web_workers_file = json_reader_text(r, o, "workers_file");
	o = json_reader_object(r, b->root, "socketio");
	b->socketio_port = (unsigned)json_reader_number(r, o, "port", 9000);
	b->socketio_path = json_reader_text_or(r, o, "path", "/socket.io/?EIO=4&transport=polling");
	o = json_reader_object(r, b->root, "nginx");
	b->sites_file = json_reader_text(r, o, "sites_file");
	b->listen_file = json_reader_text_or(r, o, "listen_file", NULL);
	b->events_file = json_reader_text_or(r, o, "events_file", NULL);
	b->unknown_host = json_reader_text_or(r, o, "unknown_host", "refuse");
	b->nginx_check = json_reader_words(r, o, "check", true);
	o = json_reader_object(r, b->root, "supervisor");
	b->supervisor_program = json_reader_text_or(r, o, "program", "/usr/bin/supervisord");
	b->supervisor_socket = json_reader_text(r, o, "socket");
	b->supervisor_configuration = json_reader_text(r, o, "configuration");
}

static void read_programs(struct json_reader *r, struct bench *b)
{
	static const char *const roles[] = { "other", "nginx", "scheduler", "worker", "web", "socketio", "redis", "mariadb", NULL };
	static const char *const phases[] = { "first", "stores", "bench", NULL };
	json_t *list = json_reader_list(r, b->root, "programs");

	b->programs.count = json_array_size(list);
	b->programs.items = arena_new(r->arena, b->programs.count * sizeof *b->programs.items);
	for (size_t i = 0; i < b->programs.count; i++) {
		json_t *o = json_array_get(list, i);
		struct bench_program *p = &b->programs.items[i];
		p->name = json_reader_text(r, o, "name");
		p->group = json_reader_text_or(r, o, "group", p->name);
		p->role = json_reader_choice(r, o, "role", roles, json_reader_index(roles, p->name, ROLE_OTHER));
		p->phase = json_reader_choice(r, o, "phase", phases, PHASE_BENCH);
		p->stop_order = (unsigned)json_reader_number(r, o, "stop_order", 50);
		p->stop_seconds = (unsigned)json_reader_number(r, o, "stop_seconds", 2);
	}
}

static void read_redis(struct json_reader *r, struct bench *b)
{
	json_t *list = json_reader_list(r, b->root, "redis");

	b->redis.count = json_array_size(list);
	b->redis.items = arena_new(r->arena, b->redis.count * sizeof *b->redis.items);
	for (size_t i = 0; i < b->redis.count; i++) {
		json_t *o = json_array_get(list, i);
		b->redis.items[i] = (struct bench_redis){
			.name = json_reader_text(r, o, "name"),
			.role = json_reader_text(r, o, "role"),
			.socket = json_reader_text_or(r, o, "socket", NULL),
			.data = json_reader_text_or(r, o, "data", NULL),
			.port = (unsigned)json_reader_number(r, o, "port", 0),
		};
		if (b->redis.items[i].data)
			b->redis.items[i].user = read_account(r, o);
	}
}

static void read_ports(struct json_reader *r, struct bench *b)
{
	json_t *list = json_reader_list(r, b->root, "ports");

	b->ports.count = json_array_size(list);
	b->ports.items = arena_new(r->arena, b->ports.count * sizeof *b->ports.items);
	for (size_t i = 0; i < b->ports.count; i++) {
		json_t *o = json_array_get(list, i);
		b->ports.items[i] = (struct bench_port){
			.port = (unsigned)json_reader_number(r, o, "port", 0),
			.key = json_reader_text(r, o, "key"),
			.whose = json_reader_text(r, o, "whose"),
			.everywhere = json_is_true(json_object_get(o, "everywhere")),
		};
	}
}

static void read_folders(struct json_reader *r, struct bench *b)
{
	json_t *list = json_reader_list(r, b->root, "folders");

	b->folders.count = json_array_size(list);
	b->folders.items = arena_new(r->arena, b->folders.count * sizeof *b->folders.items);
	for (size_t i = 0; i < b->folders.count; i++) {
		json_t *o = json_array_get(list, i);
		const char *mode = json_reader_text(r, o, "mode");
		b->folders.items[i] = (struct bench_folder){
			.path = json_reader_text(r, o, "path"),
			.owner = read_account(r, o),
			.mode = (unsigned)strtoul(mode, NULL, 8),
		};
	}
	list = json_reader_list(r, b->root, "links");
	b->links.count = json_array_size(list);
	b->links.items = arena_new(r->arena, b->links.count * sizeof *b->links.items);
	for (size_t i = 0; i < b->links.count; i++) {
		json_t *o = json_array_get(list, i);
		b->links.items[i] = (struct bench_link){ json_reader_text(r, o, "path"), json_reader_text(r, o, "to") };
	}
}

/* Nothing but a folder's and a host's name. What data exists under is served, whatever new sites may be called today. */
static bool is_served(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.");

	return len && len <= 200 && !name[len] && *name != '.' && *name != '-' && !strstr(name, "..");
}

/* Sites of the image first, then those added: a name that the image has too counts once. */
static void read_sites(struct json_reader *r, struct bench *b, json_t *list, bool added)
{
	size_t more = json_array_size(list), had = b->sites.count;
	struct bench_site *all = arena_new(r->arena, (had + more) * sizeof *all);

	if (had)
		memcpy(all, b->sites.items, had * sizeof *all);
	b->sites.items = all;
	for (size_t i = 0; i < more; i++) {
		json_t *o = json_array_get(list, i);
		const char *name = json_reader_text(r, o, "name");
		if (!is_served(name))
			json_reader_fail(r, err_new(ERR_RECIPE, "'%s' cannot be a site's name", name));
		if (bench_site(b, name) || json_object_get(o, "dropped"))
			continue;
		all[b->sites.count++] = (struct bench_site){
			.name = name,
			.time_zone = json_reader_text_or(r, o, "time_zone", "UTC"),
			.language = json_reader_text_or(r, o, "language", "en"),
			.admin_password = json_reader_text_or(r, o, "admin_password", "generate"),
			.hosts = json_reader_words(r, o, "hosts", true),
			.apps = json_reader_words(r, o, "apps", true),
			.developer_mode = json_is_true(json_object_get(o, "developer_mode")),
			.added = added,
		};
	}
}

static const char *const stdouts[] = { "all", "events", NULL };

struct err *bench_parse(const char *bytes, size_t len, struct bench *b)
{
	json_error_t why;

	*b = (struct bench){ .root = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &why) };
	if (!b->root)
		return err_new(ERR_RECIPE, "bench.json:%d: %s", why.line, why.text);
	struct json_reader r = { .arena = &b->arena };
	json_t *user = json_reader_object(&r, b->root, "bench");
	if (json_reader_number(&r, b->root, "format", 0) != 1)
		json_reader_fail(&r, err_new(ERR_RECIPE, "bench.json is of another format than 1"));
	b->name = json_reader_text(&r, b->root, "name");
	b->version = json_reader_text(&r, b->root, "version");
	b->build = json_reader_text(&r, b->root, "build");
	b->development = !strcmp(json_reader_text_or(&r, b->root, "mode", "production"), "development");
	if (json_object_get(b->root, "logs"))
		b->logs_events = json_reader_choice(&r, json_reader_object(&r, b->root, "logs"), "stdout", stdouts, 0);
	b->path = json_reader_text(&r, user, "path");
	b->user = read_account(&r, user);
	b->data = json_reader_text(&r, b->root, "data");
	b->http_port = (unsigned)json_reader_number(&r, b->root, "http_port", 8080);
	b->default_site = json_reader_text_or(&r, b->root, "default_site", NULL);
	read_apps(&r, b);
	read_upgrade(&r, b);
	read_framework(&r, b);
	read_services(&r, b);
	read_programs(&r, b);
	read_redis(&r, b);
	read_ports(&r, b);
	read_folders(&r, b);
	read_sites(&r, b, json_reader_list(&r, b->root, "sites"), false);
	return r.failed ? err_wrap(r.failed, "bench.json") : NULL;
}

/* A site that was dropped is not of the bench; a drop that is not finished has its date. */
static void read_drops(struct json_reader *r, struct bench *b)
{
	json_t *row;
	size_t i;

	b->drops.items = arena_new(r->arena, json_array_size(b->added) * sizeof *b->drops.items);
	json_array_foreach(b->added, i, row) {
		const char *date = json_string_value(json_object_get(row, "dropped")), *name = json_reader_text(r, row, "name");
		if (!date)
			continue;
		for (size_t k = 0; k < b->sites.count; k++)
			if (!strcmp(b->sites.items[k].name, name))
				memmove(&b->sites.items[k], &b->sites.items[k + 1], (--b->sites.count - k) * sizeof *b->sites.items);
		if (*date)
			b->drops.items[b->drops.count++] = (struct bench_drop){ name, date, json_is_true(json_object_get(row, "purge")) };
	}
}

static struct err *read_added(struct bench *b)
{
	struct json_reader r = { .arena = &b->arena };

	TRY(site_registry_read(b, &b->added));
	read_sites(&r, b, b->added, true);
	read_drops(&r, b);
	return r.failed ? err_wrap(r.failed, "added sites") : NULL;
}

struct err *bench_read(struct bench *b)
{
	const char *path = getenv("MKBENCH_BENCH");
	AUTO_FREE char *bytes = NULL;
	size_t len;

	*b = (struct bench){ 0 };
	TRY(file_read(path && *path ? path : "/usr/lib/mkbench/bench.json", 4 << 20, &bytes, &len));
	TRY(bench_parse(bytes, len, b));
	return read_added(b);
}

void bench_done(struct bench *b)
{
	json_decref(b->root);
	json_decref(b->added);
	arena_done(&b->arena);
	*b = (struct bench){ 0 };
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

bool bench_has_role(const struct bench *b, int role)
{
	for (size_t i = 0; i < b->programs.count; i++)
		if (b->programs.items[i].role == role)
			return true;
	return false;
}
