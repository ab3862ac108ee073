/* SPDX-License-Identifier: MIT */
#include "service/bench_json.h"

#include <jansson.h>
#include <string.h>

#include "base/mem.h"
#include "service/dirs_and_links.h"
#include "service/process.h"

struct writer {
	const struct service_set *set;
	struct arena arena;      /* of filled texts */
	json_t *root;
};

static struct err *fill(struct writer *w, const struct manifest *m, const struct variables *scope, const char *text,
			const char **ret)
{
	return template_text(&w->arena, scope, &m->source, text, ret);
}

static json_t *words(const char *const *items)
{
	json_t *list = json_array();

	for (; items && *items; items++)
		json_array_append_new(list, json_string(*items));
	return list;
}

static json_t *word_list(const struct list *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->count; i++)
		json_array_append_new(list, json_string(((const char *const *)l->items)[i]));
	return list;
}

/* A text that reads as JSON is that value, so 9000 is a number and true is true; anything else is a string. */
static json_t *value_of(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);

	return value ? value : json_string(text);
}

static struct err *add_pairs(struct writer *w, json_t *to, const char *key, const struct list *pairs)
{
	const struct pair *p = pairs->items;
	json_t *object = json_object();

	json_object_set_new(to, key, object);
	for (size_t i = 0; i < pairs->count; i++) {
		const char *text;
		TRY(fill(w, w->set->framework, &w->set->scope, p[i].value, &text));
		json_object_set_new(object, p[i].key, value_of(text));
	}
	return NULL;
}

static struct err *add_steps(struct writer *w, json_t *to, const char *key, const struct list *rows)
{
	const struct manifest *f = w->set->framework;
	const struct manifest_step *step = rows->items;
	json_t *list = json_array();

	json_object_set_new(to, key, list);
	for (size_t i = 0; i < rows->count; i++) {
		const char *const *argv, *const *common, *const *own, *cwd;
		TRY(template_list(&w->arena, &w->set->scope, &f->source, &step[i].argv, &argv));
		TRY(template_list(&w->arena, &w->set->scope, &f->source, &f->environment, &common));
		TRY(template_list(&w->arena, &w->set->scope, &f->source, &step[i].environment, &own));
		TRY(fill(w, f, &w->set->scope, step[i].directory ? step[i].directory : "{{bench}}/sites", &cwd));
		json_t *env = words(common), *more = words(own);
		json_array_extend(env, more);
		json_decref(more);
		json_t *row = json_pack("{s:s, s:o, s:s, s:o}", "name", step[i].name, "argv", words(argv), "cwd", cwd, "env", env);
		if (step[i].seconds)
			json_object_set_new(row, "seconds", json_integer((json_int_t)step[i].seconds));
		json_array_append_new(list, row);
	}
	return NULL;
}

static struct err *add_framework(struct writer *w)
{
	const struct manifest *f = w->set->framework;
	json_t *o = json_pack("{s:s}", "name", f->name);

	json_object_set_new(w->root, "framework", o);
	TRY(add_pairs(w, o, "common_site_config", &f->common_site_config));
	TRY(add_pairs(w, o, "site_config", &f->site_config));
	json_object_set_new(o, "site_folders", word_list(&f->site_folders));
	TRY(add_steps(w, o, "site_create", &f->site_create));
	TRY(add_steps(w, o, "site_finish", &f->site_finish));
	TRY(add_steps(w, o, "site_migrate", &f->site_migrate));
	TRY(add_steps(w, o, "site_install", &f->site_install));
	TRY(add_steps(w, o, "site_probe", &f->site_probe));
	json_object_set_new(o, "probe_path", json_string(f->probe_path));
	json_object_set_new(o, "admin_user", json_string(f->admin_user));
	return NULL;
}

static const char *text_of(const struct writer *w, const char *name)
{
	const char *text = variables_get(&w->set->scope, name, strlen(name));

	return text ? text : "";
}

static const struct manifest *find_manifest(const struct writer *w, const char *name)
{
	for (size_t i = 0; i < w->set->manifest_count; i++)
		if (!strcmp(w->set->manifests[i].name, name) && !w->set->manifests[i].framework)
			return &w->set->manifests[i];
	return NULL;
}

static struct err *add_mariadb(struct writer *w)
{
	const struct mariadb *m = &w->set->recipe->mariadb;
	const struct manifest *service = find_manifest(w, "mariadb");
	const struct service_user *user = service_set_user(w->set, "mysql");
	const char *const *install = NULL;

	if (!service || !user)
		return NULL;
	TRY(template_list(&w->arena, &w->set->scope, &service->source, &service->commands.install, &install));
	json_object_set_new(w->root, "mariadb",
		json_pack("{s:s, s:s, s:s, s:i, s:i, s:o, s:I, s:I, s:s, s:s*}", "socket", text_of(w, "mariadb.socket"),
			  "data", text_of(w, "mariadb.folder"), "user", user->name, "uid", (int)user->uid, "gid", (int)user->gid,
			  "install", words(install), "buffer_pool_bytes", (json_int_t)m->buffer_pool_bytes,
			  "buffer_pool_percent", (json_int_t)m->buffer_pool_percent, "memory_file", text_of(w, "mariadb.memory_file"),
			  "version", w->set->server_version));
	return NULL;
}

static void add_redis(const struct writer *w)
{
	json_t *list = json_array();

	json_object_set_new(w->root, "redis", list);
	for (size_t i = 0; i < w->set->redis_count; i++) {
		const struct variables *r = &w->set->redis[i];
		const char *role = variables_get(r, "redis.name", strlen("redis.name"));
		const char *folder = variables_get(r, "redis.folder", strlen("redis.folder"));
		AUTO_FREE char *name = mem_printf("redis-%s", role);
		json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:s, s:s*, s:s}", "name", name, "role", role, "port",
			value_of(variables_get(r, "redis.port", strlen("redis.port"))), "socket",
			variables_get(r, "redis.socket", strlen("redis.socket")), "data", *folder ? folder : NULL, "user", "redis"));
	}
}

static struct err *add_nginx(struct writer *w)
{
	const struct manifest *service = find_manifest(w, "nginx");
	const char *const *check = NULL;

	if (service)
		TRY(template_list(&w->arena, &w->set->scope, &service->source, &service->commands.check, &check));
	json_object_set_new(w->root, "nginx",
		json_pack("{s:s, s:s, s:s, s:o, s:s}", "sites_file", "/run/mkbench/nginx-sites.conf",
			  "events_file", "/run/mkbench/nginx-events.conf", "listen_file", "/run/mkbench/nginx-listen.conf",
			  "check", words(check), "unknown_host", w->set->recipe->nginx.unknown_host));
	return NULL;
}

static void add_web(const struct writer *w)
{
	const struct recipe *r = w->set->recipe;
	const struct manifest *f = w->set->framework;

	json_object_set_new(w->root, "web",
		json_pack("{s:o, s:I, s:I, s:s}", "port", value_of(text_of(w, "web.port")),
			  "workers", (json_int_t)r->web.workers, "memory_per_worker_bytes", (json_int_t)f->memory_per_worker_bytes,
			  "workers_file", "/run/mkbench/web.env"));
	json_object_set_new(w->root, "socketio",
		json_pack("{s:I, s:s}", "port", (json_int_t)r->socketio_port, "path", f->socketio_path ? f->socketio_path : "/"));
	json_object_set_new(w->root, "logs", json_pack("{s:s}", "stdout", r->logs.to_stdout == LOGS_ALL ? "all" : "events"));
	json_object_set_new(w->root, "supervisor",
		json_pack("{s:s, s:s, s:s}", "program", "/usr/bin/supervisord", "socket", text_of(w, "supervisor.socket"),
			  "configuration", "/etc/supervisor/supervisord.conf"));
}

static void add_port(json_t *list, uint64_t port, const char *key, const char *whose, bool everywhere)
{
	json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:b}", "port", (json_int_t)port, "key", key, "whose", whose, "everywhere", everywhere));
}

/* What listens, and the recipe's key that moves it. */
static void add_ports(const struct writer *w)
{
	static const char *const keys[REDIS_COUNT] = { "redis: { cache: { port } }", "redis: { queue: { port } }", "redis: { socketio: { port } }" };
	const struct recipe *r = w->set->recipe;
	json_t *list = json_array();

	json_object_set_new(w->root, "ports", list);
	add_port(list, r->nginx.port, "nginx: { port }", r->mode == MODE_PRODUCTION ? "Nginx" : "the web server", true);
	if (r->mode == MODE_PRODUCTION)
		add_port(list, r->web.port, "web: { port }", "Nginx, for programs of the bench", false);
	if (find_manifest(w, "mariadb"))
		add_port(list, r->mariadb.port, "mariadb: { port }", "MariaDB", false);
	for (size_t i = 0; w->set->redis_count && i < REDIS_COUNT; i++)
		if (!r->redis[i].alias)
			add_port(list, r->redis[i].port, keys[i], "Redis", false);
	if (find_manifest(w, "socketio"))
		add_port(list, r->socketio_port, "socketio: { port }", "Socket.io", r->mode != MODE_PRODUCTION);
}

static void add_programs(const struct writer *w)
{
	json_t *list = json_array();

	json_object_set_new(w->root, "programs", list);
	for (size_t i = 0; i < w->set->processes.count; i++) {
		const struct process *p = &w->set->processes.items[i];
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}", "name", p->name, "group", p->group,
			"role", p->role, "phase", process_phase(p), "stop_order", (json_int_t)p->row->stop.order,
			"stop_seconds", (json_int_t)p->row->stop.hurry_seconds));
	}
}

static void add_places(const struct writer *w)
{
	json_t *folders = json_array(), *links = json_array();

	json_object_set_new(w->root, "folders", folders);
	for (size_t i = 0; i < w->set->folders.count; i++) {
		const struct folder *f = &w->set->folders.items[i];
		json_array_append_new(folders, json_pack("{s:s, s:s, s:i, s:i, s:s}", "path", f->path, "user", f->user->name,
							 "uid", (int)f->user->uid, "gid", (int)f->user->gid, "mode", f->mode));
	}
	json_object_set_new(w->root, "links", links);
	for (size_t i = 0; i < w->set->links.count; i++) {
		const struct link *l = &w->set->links.items[i];
		if (dirs_and_links_on_volume(l->path))
			json_array_append_new(links, json_pack("{s:s, s:s}", "path", l->path, "to", l->to));
	}
}

static bool wants(const struct site *site, const char *app)
{
	const char *const *names = site->apps.items;

	for (size_t i = 0; i < site->apps.count; i++)
		if (!strcmp(names[i], app))
			return true;
	return !site->apps.count;
}

static json_t *apps_of(const struct writer *w, const struct site *site)
{
	const struct app *apps = w->set->recipe->apps.items;
	const size_t *order = w->set->order;
	json_t *names = json_array();

	if (site->apps.count && !order) {
		json_decref(names);
		return word_list(&site->apps);
	}
	for (size_t i = 0; i < w->set->recipe->apps.count; i++) {
		const char *name = apps[order ? order[i] : i].name;
		if (wants(site, name))
			json_array_append_new(names, json_string(name));
	}
	return names;
}

static void add_sites(const struct writer *w)
{
	static const char *const sources[] = { [PASSWORD_GENERATE] = "generate", [PASSWORD_ENV] = "env", [PASSWORD_FILE] = "file" };
	const struct site *sites = w->set->recipe->sites.items;
	json_t *list = json_array();

	json_object_set_new(w->root, "sites", list);
	for (size_t i = 0; i < w->set->recipe->sites.count; i++) {
		json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:s*, s:s*, s:b, s:s}", "name", sites[i].name, "hosts",
			word_list(&sites[i].hosts), "apps", apps_of(w, &sites[i]), "time_zone", sites[i].time_zone, "language", sites[i].language,
			"developer_mode", sites[i].developer_mode, "admin_password", sources[sites[i].admin_password]));
	}
}

/* What each app is, by what a migration of its data may depend on. */
static void add_apps(const struct writer *w)
{
	const struct app *apps = w->set->recipe->apps.items;
	json_t *list = json_array();

	json_object_set_new(w->root, "apps", list);
	for (size_t i = 0; i < w->set->recipe->apps.count; i++) {
		const struct app_identity *is = &w->set->identities[i];
		json_array_append_new(list, json_pack("{s:s, s:s*, s:s*, s:s*}", "name", apps[i].name, "version", is->version, "commit",
						      is->commit, "content", is->content));
	}
}

static void add_upgrade(const struct writer *w)
{
	const struct upgrade *u = &w->set->recipe->upgrade;

	json_object_set_new(w->root, "upgrade",
		json_pack("{s:s, s:I}", "on_failure", u->on_failure == ON_FAILURE_HOLD ? "hold" : "back", "keep_seconds",
			  (json_int_t)u->keep_seconds));
}

static void add_general(const struct writer *w, const char *build_id)
{
	const struct recipe *r = w->set->recipe;
	const struct service_user *user = service_set_user(w->set, BENCH_USER);

	json_object_update_new(w->root, json_pack("{s:i, s:s, s:s, s:s, s:s, s:{s:s, s:s, s:i, s:i}, s:s, s:I, s:s}",
		"format", 1, "name", r->name, "version", r->version, "build", build_id,
		"mode", r->mode == MODE_PRODUCTION ? "production" : "development",
		"bench", "path", BENCH_PATH, "user", BENCH_USER, "uid", user ? (int)user->uid : 0, "gid", user ? (int)user->gid : 0,
		"data", BENCH_DATA, "http_port", (json_int_t)r->nginx.port, "default_site", text_of(w, "site.first")));
}

struct err *bench_json_write(const struct service_set *s, const char *build_id, char **ret)
{
	struct writer w = { .set = s, .root = json_object() };

	add_general(&w, build_id);
	add_apps(&w);
	add_upgrade(&w);
	struct err *e = add_framework(&w);
	if (!e)
		e = add_mariadb(&w);
	if (!e)
		e = add_nginx(&w);
	add_redis(&w);
	add_web(&w);
	add_ports(&w);
	add_programs(&w);
	add_places(&w);
	add_sites(&w);
	if (!e) {
		*ret = json_dumps(w.root, JSON_INDENT(2));
		if (!*ret)
			mem_exhausted();
	}
	json_decref(w.root);
	arena_done(&w.arena);
	return e;
}
