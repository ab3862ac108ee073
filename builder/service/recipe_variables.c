/* SPDX-License-Identifier: MIT */
#include "service/recipe_variables.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "recipe/runtime.h"
#include "template/quote.h"

/* Sets "yes" or nothing, for {{#section}}. */
static void set_flag(struct variables *s, const char *name, bool on)
{
	variables_set(s, name, on ? "yes" : "");
}

static void set_number(struct variables *s, const char *name, uint64_t v)
{
	variables_format(s, name, "%" PRIu64, v);
}

/* Sets nothing for 0, which means unlimited. */
static void set_limit(struct variables *s, const char *name, uint64_t v)
{
	if (v)
		set_number(s, name, v);
	else
		variables_set(s, name, "");
}

static char *join(const struct list *words, const char *between)
{
	const char *const *items = words->items;
	struct text all = { 0 };

	for (size_t i = 0; i < words->count; i++)
		text_printf(&all, "%s%s", i ? between : "", items[i]);
	return text_take(&all);
}

static void add_general(struct service_set *s)
{
	const struct recipe *r = s->recipe;
	const struct site *sites = r->sites.items;

	variables_set(&s->scope, "name", r->name);
	variables_set(&s->scope, "version", r->version);
	variables_set(&s->scope, "suite", r->base.suite);
	set_flag(&s->scope, "production", r->mode == MODE_PRODUCTION);
	set_flag(&s->scope, "development", r->mode == MODE_DEVELOPMENT);
	variables_set(&s->scope, "bench", BENCH_PATH);
	variables_set(&s->scope, "bench.home", BENCH_HOME);
	variables_set(&s->scope, "bench.user", BENCH_USER);
	variables_set(&s->scope, "data", BENCH_DATA);
	variables_set(&s->scope, "site.first", r->sites.count ? sites[0].name : "");
}

/* Adds what apps run on and are built with. */
static void add_runtime(struct service_set *s)
{
	AUTO_FREE char *kept = join(&s->recipe->keep_node_modules, " ");
	AUTO_FREE char *python = runtime_program(s->recipe, RUNTIME_PYTHON),
		       *node = runtime_program(s->recipe, RUNTIME_NODE);

	set_flag(&s->scope, "tests", s->recipe->tests || s->recipe->mode == MODE_DEVELOPMENT);
	set_flag(&s->scope, "source_maps", s->recipe->source_maps);
	variables_set(&s->scope, "keep_node_modules", kept);
	variables_set(&s->scope, "runtime.python", python);
	variables_set(&s->scope, "runtime.node", node);
}

static void add_mariadb(struct service_set *s)
{
	const struct mariadb *m = &s->recipe->mariadb;
	const struct pair *pairs = m->settings.items;
	struct text lines = { 0 };

	for (size_t i = 0; i < m->settings.count; i++)
		text_printf(&lines, "%s%s = %s", i ? "\n" : "", pairs[i].key, pairs[i].value);
	AUTO_FREE char *settings = text_take(&lines);
	variables_set(&s->scope, "mariadb.settings", settings);
	variables_set(&s->scope, "mariadb.character_set", m->character_set);
	variables_set(&s->scope, "mariadb.collation", m->collation);
	set_number(&s->scope, "mariadb.port", m->port);
	set_number(&s->scope, "mariadb.max_connections", m->max_connections);
	set_flag(&s->scope, "mariadb.full", m->durability == DURABILITY_FULL);
	set_flag(&s->scope, "mariadb.relaxed", m->durability == DURABILITY_RELAXED);
}

static void add_redis_instance(struct service_set *s, const char *name, const struct redis *r)
{
	struct variables *own = &s->redis[s->redis_count++];
	bool kept = r->persistence != PERSISTENCE_NONE, stops = r->persistence == PERSISTENCE_CLEAN_STOP;

	*own = (struct variables){ .arena = &s->arena, .outer = &s->scope };
	variables_set(own, "redis.name", name);
	set_number(own, "redis.port", r->port);
	variables_format(own, "redis.socket", "/run/redis/%s.sock", name);
	set_number(own, "redis.maxmemory_bytes", r->maxmemory_bytes);
	variables_set(own, "redis.policy", r->policy);
	set_flag(own, "redis.append_only", r->persistence == PERSISTENCE_APPEND_ONLY);
	set_flag(own, "redis.snapshot", r->persistence == PERSISTENCE_SNAPSHOT);
	set_flag(own, "redis.clean_stop", stops);
	set_flag(own, "redis.forgets", !kept);
	if (kept)
		variables_format(own, "redis.folder", BENCH_DATA "/redis-%s", name);
	else
		variables_set(own, "redis.folder", "");
}

static void add_redis(struct service_set *s)
{
	static const char *const names[REDIS_COUNT] = { "cache", "queue", "socketio" };
	const struct redis *all = s->recipe->redis;

	for (size_t i = 0; i < REDIS_COUNT; i++) {
		const struct redis *serving = &all[i];
		for (size_t k = 0; all[i].alias && k < REDIS_COUNT; k++)
			if (!strcmp(all[i].alias, names[k]))
				serving = &all[k];
		if (serving == &all[i])
			add_redis_instance(s, names[i], serving);
		AUTO_FREE char *port = mem_printf("redis_%s.port", names[i]),
			       *socket = mem_printf("redis_%s.socket", names[i]);
		set_number(&s->scope, port, serving->port);
		variables_format(&s->scope, socket, "/run/redis/%s.sock", names[serving - all]);
	}
}

/* The networks in nginx's syntax: once for addresses, once for anything else. */
static void add_proxies(struct service_set *s)
{
	const struct list *networks = &s->recipe->nginx.trusted_proxies;
	struct text from = { 0 }, geo = { 0 };

	for (size_t i = 0; i < networks->count; i++) {
		const char *network = ((const char *const *)networks->items)[i];
		text_printf(&from, "%sset_real_ip_from %s;", i ? "\n\t" : "", network);
		text_printf(&geo, "%s%s 1;", i ? "\n\t\t" : "", network);
	}
	AUTO_FREE char *addresses = text_take(&from), *rows = text_take(&geo);
	variables_set(&s->scope, "nginx.real_ip_from", addresses);
	variables_set(&s->scope, "nginx.trusted", rows);
}

static void add_web(struct service_set *s)
{
	const struct recipe *r = s->recipe;

	/* In development mode nothing is in front of the bench's web server. */
	set_number(&s->scope, "web.port", r->mode == MODE_PRODUCTION ? r->web.port : r->nginx.port);
	set_number(&s->scope, "web.threads", r->web.threads);
	set_number(&s->scope, "web.timeout_seconds", r->web.timeout_seconds);
	set_number(&s->scope, "web.max_requests", r->web.max_requests);
	set_number(&s->scope, "web.max_requests_jitter", r->web.max_requests / 10);
	set_number(&s->scope, "web.max_body_bytes", r->web.max_body_bytes);
	set_number(&s->scope, "nginx.port", r->nginx.port);
	set_limit(&s->scope, "nginx.connections_per_address", r->nginx.connections_per_address);
	set_limit(&s->scope, "nginx.requests_per_second", r->nginx.requests_per_second);
	set_number(&s->scope, "nginx.requests_burst", r->nginx.requests_per_second);
	add_proxies(s);
	set_number(&s->scope, "socketio.port", r->socketio_port);
}

static void add_workers(struct service_set *s)
{
	const struct worker *w = s->recipe->workers.items;

	s->workers = arena_new(&s->arena, s->recipe->workers.count * sizeof *s->workers);
	for (size_t i = 0; i < s->recipe->workers.count; i++) {
		AUTO_FREE char *name = join(&w[i].queues, "-"), *queues = join(&w[i].queues, ",");
		s->workers[i] = (struct variables){ .arena = &s->arena, .outer = &s->scope };
		variables_set(&s->workers[i], "worker.name", name);
		variables_set(&s->workers[i], "worker.queues", queues);
		set_number(&s->workers[i], "worker.count", w[i].count);
		set_number(&s->workers[i], "worker.timeout_seconds", w[i].timeout_seconds);
		set_number(&s->workers[i], "worker.stop_seconds", w[i].timeout_seconds + 60);
	}
}

/* Frappe has three built-in queues; the others must be configured in this form, with their longest job. */
static void add_custom_queues(struct service_set *s)
{
	const struct worker *w = s->recipe->workers.items;
	struct text json = { 0 };

	for (size_t i = 0; i < s->recipe->workers.count; i++)
		for (size_t k = 0; k < w[i].queues.count; k++) {
			const char *name = ((const char *const *)w[i].queues.items)[k];
			AUTO_FREE char *key = mem_printf("\"%s\":", name);
			if (strcmp(name, "short") && strcmp(name, "default") && strcmp(name, "long") &&
			    !(json.bytes && strstr(json.bytes, key)))
				text_printf(&json, "%s%s {\"timeout\": %" PRIu64 "}", json.len ? ", " : "",
					    key, w[i].timeout_seconds);
		}
	AUTO_FREE char *pairs = text_take(&json);
	variables_format(&s->scope, "workers.custom", "{%s}", pairs);
}

/* The options that the framework offers an app, and this app's choices. */
static void add_options(const struct manifest *framework, const struct app *app, struct variables *ret)
{
	const struct pair *known = framework->options.items, *chosen = app->options.items;

	for (size_t i = 0; i < framework->options.count; i++) {
		AUTO_FREE char *name = mem_printf("option.%s", known[i].key);
		const char *value = known[i].value;
		for (size_t k = 0; k < app->options.count; k++)
			if (!strcmp(chosen[k].key, known[i].key))
				value = chosen[k].value;
		variables_set(ret, name, value);
	}
}

static void add_apps(struct service_set *s)
{
	const struct app *apps = s->recipe->apps.items;
	struct text names = { 0 }, commas = { 0 }, folders = { 0 };

	s->identities = arena_new(&s->arena, s->recipe->apps.count * sizeof *s->identities);
	s->apps = arena_new(&s->arena, s->recipe->apps.count * sizeof *s->apps);
	for (size_t i = 0; i < s->recipe->apps.count; i++) {
		s->apps[i] = (struct variables){ .arena = &s->arena, .outer = &s->scope };
		variables_set(&s->apps[i], "app", apps[i].name);
		add_options(s->framework, &apps[i], &s->apps[i]);
		text_printf(&names, "%s%s", i ? " " : "", apps[i].name);
		text_printf(&commas, "%s%s", i ? "," : "", apps[i].name);
		text_printf(&folders, "%s" BENCH_PATH "/apps/%s", i ? ":" : "", apps[i].name);
	}
	AUTO_FREE char *all = text_take(&names), *joined = text_take(&commas), *path = text_take(&folders);
	variables_set(&s->scope, "apps.names", all);
	variables_set(&s->scope, "apps.commas", joined);
	variables_set(&s->scope, "apps.path", path);
	variables_set(&s->scope, "app.first", s->recipe->apps.count ? apps[0].name : "");
}

void recipe_variables_of_recipe(struct service_set *s)
{
	s->scope = (struct variables){ .arena = &s->arena };
	add_general(s);
	add_runtime(s);
	add_mariadb(s);
	add_redis(s);
	add_web(s);
	add_workers(s);
	add_custom_queues(s);
	add_apps(s);
}

/* The framework's shell command and environment, quoted for a shell script. */
static struct err *add_shell(struct service_set *s)
{
	const struct manifest *f = s->framework;
	const char *const *argv, *const *env;
	struct text words = { 0 }, values = { 0 };

	TRY(template_list(&s->arena, &s->scope, &f->source, &f->commands.shell, &argv));
	TRY(template_list(&s->arena, &s->scope, &f->source, &f->environment, &env));
	quote_shell_words(&words, argv);
	quote_shell_words(&values, env);
	AUTO_FREE char *shell = text_take(&words), *environment = text_take(&values);
	variables_set(&s->scope, "framework.shell", shell);
	variables_set(&s->scope, "framework.environment", environment);
	return NULL;
}

struct err *recipe_variables_of_manifests(struct service_set *s)
{
	for (size_t i = 0; i < s->manifest_count; i++) {
		const struct manifest *m = &s->manifests[i];
		const struct pair *pairs = m->variables.items;
		for (size_t k = 0; k < m->variables.count; k++) {
			AUTO_FREE char *name =
				mem_printf("%s.%s", m->framework ? "framework" : m->name, pairs[k].key);
			const char *text;
			TRY(template_text(&s->arena, &s->scope, &m->source, pairs[k].value, &text));
			variables_set(&s->scope, name, text);
		}
	}
	return add_shell(s);
}
