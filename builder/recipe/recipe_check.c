/* SPDX-License-Identifier: MIT */
#include "recipe/recipe_check.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "recipe/network.h"
#include "recipe/recipe_view.h"
#include "recipe/runtime.h"
#include "recipe/setting.h"
#include "recipe/site_check.h"
#include "recipe/twins.h"

static void check_source(const struct recipe_view *v, const struct app *a, const char *list, size_t i)
{
	const struct node *n = node_find(v->root, "%s/%zu", list, i);

	if (!n || n->kind != NODE_MAP)
		return;
	bool git = node_get(n, "git"), archive = node_get(n, "archive"), path = node_get(n, "path");
	if (git + archive + path == 0)
		problem_add(v->p, a->at, "this app has no source: add one of 'git', 'archive' or 'path'");
	if (git + archive + path > 1)
		problem_add(v->p, a->at, "this app has %d sources: keep one of 'git', 'archive' and 'path'",
			    git + archive + path);
	if (git && !node_get(n, "ref"))
		problem_add(v->p, a->at, "'git' needs a 'ref': name a branch, a tag or a commit");
	if (archive && !node_get(n, "sha256"))
		problem_add(v->p, a->at, "'archive' needs a 'sha256': sha256sum prints it");
	if (!git && node_get(n, "ref"))
		problem_add(v->p, node_get(n, "ref")->key->at,
			    "'ref' has no effect without 'git': remove it");
	if (!archive && node_get(n, "sha256"))
		problem_add(v->p, node_get(n, "sha256")->key->at,
			    "'sha256' has no effect without 'archive': remove it");
}

static void check_apps(const struct recipe_view *v)
{
	for (size_t i = 0; i < v->r->apps.count; i++) {
		const struct app *a = &v->apps[i];
		check_source(v, a, "apps", i);
		if (a->name && recipe_view_app(v, a->name) != a)
			problem_add(v->p, node_mark(v->root, "apps/%zu/name", i),
				    "the app '%s' is given twice: line %u has it already", a->name,
				    recipe_view_app(v, a->name)->at.line);
	}
}

static bool is_whole_commit(const char *ref)
{
	size_t len = strspn(ref, "0123456789abcdef");

	return !ref[len] && (len == 40 || len == 64);
}

/* The lock does not keep what these referred to, so each must say it itself. */
static void check_overrides(const struct recipe_view *v)
{
	const struct app *all = v->r->overrides.items;

	for (size_t i = 0; i < v->r->overrides.count; i++) {
		check_source(v, &all[i], "overrides", i);
		if (all[i].git && all[i].ref && !is_whole_commit(all[i].ref))
			problem_add(v->p, node_mark(v->root, "overrides/%zu/ref", i),
				    "'ref' of an override is a whole commit: write all 40 digits");
		for (size_t k = 0; k < i; k++)
			if (recipe_view_same(all[i].name, all[k].name))
				problem_add(v->p, node_mark(v->root, "overrides/%zu/name", i),
					    "the package '%s' is given twice: once is enough", all[i].name);
	}
}

struct port {
	const char *path, *whose;
	uint64_t port; /* 0: not used */
};

enum { PORTS = 7 };

static void list_ports(const struct recipe *r, struct port ret[static PORTS])
{
	const struct port ports[PORTS] = {
		{ "redis/cache/port", "redis.cache", r->redis[REDIS_CACHE].port },
		{ "redis/queue/port", "redis.queue", r->redis[REDIS_QUEUE].port },
		{ "redis/socketio/port", "redis.socketio",
		  r->redis[REDIS_SOCKETIO].alias ? 0 : r->redis[REDIS_SOCKETIO].port },
		{ "web/port", "web", r->web.port },
		{ "socketio/port", "socketio", r->socketio_port },
		{ "nginx/port", "nginx", r->nginx.port },
		{ "mariadb/port", "mariadb", r->mariadb.port },
	};

	memcpy(ret, ports, sizeof ports);
}

static void check_ports(const struct recipe_view *v)
{
	struct port ports[PORTS];

	list_ports(v->r, ports);
	for (size_t i = 1; i < PORTS; i++)
		for (size_t k = 0; k < i; k++) {
			if (!ports[i].port || ports[i].port != ports[k].port)
				continue;
			struct mark a = node_mark(v->root, "%s", ports[i].path),
				    b = node_mark(v->root, "%s", ports[k].path);
			bool later = a.line > b.line || (a.line == b.line && a.column > b.column);
			problem_add(v->p, later ? a : b,
				    "port %llu is used by %s and by %s: give each its own",
				    (unsigned long long)ports[i].port, ports[k].whose, ports[i].whose);
		}
}

void recipe_check_port(const struct recipe *r, uint64_t port, const char *whose, struct problems *p)
{
	struct port ports[PORTS];

	list_ports(r, ports);
	for (size_t i = 0; i < PORTS; i++)
		if (ports[i].port == port)
			problem_add(p, node_mark(r->root, "%s", ports[i].path),
				    "port %llu is used inside, by %s: give %s another",
				    (unsigned long long)port, whose, ports[i].whose);
}

static void check_redis(const struct recipe_view *v)
{
	const struct redis *queue = &v->r->redis[REDIS_QUEUE], *cache = &v->r->redis[REDIS_CACHE];
	const struct node *socketio = node_find(v->root, "redis/socketio");

	if (queue->policy && strcmp(queue->policy, "noeviction"))
		problem_add(v->p, node_mark(v->root, "redis/queue/policy"),
			    "the queue would lose jobs when its memory is full: write noeviction");
	const struct node *persistence = node_find(v->root, "redis/queue/persistence");
	if (persistence && recipe_view_same(persistence->text, "none"))
		problem_warn(v->p, persistence->at,
			     "waiting jobs are lost at every restart: append_only keeps them");
	if (cache->maxmemory_bytes && recipe_view_same(cache->policy, "noeviction"))
		problem_warn(v->p, node_mark(v->root, "redis/cache/policy"),
			     "writes fail once the cache is full: allkeys-lru forgets instead");
	if (socketio && node_get(socketio, "alias") && socketio->child->next)
		problem_add(v->p, socketio->key->at,
			    "'socketio' has an 'alias' and keys of its own: keep the alias only");
}

/* Server variables that mkbench sets, or that would stop the server. */
static void check_settings(const struct recipe_view *v)
{
	const struct pair *pairs = v->r->mariadb.settings.items;

	for (size_t i = 0; i < v->r->mariadb.settings.count; i++) {
		struct setting_refusal no;
		if (!pairs[i].key || !setting_refused(pairs[i].key, pairs[i].value, &no))
			continue;
		AUTO_FREE char *plain = mem_dup(pairs[i].key);
		for (char *c = plain; (c = strchr(c, '-'));)
			*c = '_';
		bool other = strcmp(plain, no.name) != 0;
		problem_add(v->p, pairs[i].at, "the setting '%s' cannot be given here: %s%s%s%s",
			    pairs[i].key, other ? "it means " : "", other ? no.name : "", other ? ": " : "",
			    no.why);
	}
}

static void check_mariadb(const struct recipe_view *v)
{
	const struct mariadb *m = &v->r->mariadb;

	if (m->character_set && m->collation &&
	    (!text_starts(m->collation, m->character_set) || m->collation[strlen(m->character_set)] != '_') &&
	    strcmp(m->collation, m->character_set))
		problem_add(v->p, node_mark(v->root, "mariadb/collation"),
			    "the collation '%s' is not one of %s: its name begins with '%s_'", m->collation,
			    m->character_set, m->character_set);
	check_settings(v);
}

static void check_unknown_host(const struct recipe_view *v)
{
	const char *name = v->r->nginx.unknown_host;

	for (size_t i = 0; i < v->r->sites.count; i++)
		if (recipe_view_same(v->sites[i].name, name))
			return;
	if (name && strcmp(name, "refuse"))
		problem_add(v->p, node_mark(v->root, "nginx/unknown_host"),
			    "the recipe has no site '%s': write 'refuse' or a site's name", name);
}

static void check_base(const struct recipe_view *v)
{
	const struct archive *archives = v->r->base.archives.items;

	for (size_t i = 0; i < v->r->base.archives.count; i++) {
		const struct node *components = node_find(v->root, "base/archives/%zu/components", i);
		if (components && archives[i].suite && text_ends(archives[i].suite, "/"))
			problem_add(
				v->p, components->key->at,
				"a flat archive has no components: remove them, or the '/' after its suite");
	}
	if (v->r->base.suite && !v->r->base.security)
		problem_warn(v->p, node_mark(v->root, "base/security"),
			     "the image gets no security updates: leave 'security' out unless the "
			     "mirrors have none");
	if (v->r->base.snapshot && !v->r->base.mirrors.count)
		problem_add(v->p, node_mark(v->root, "base/snapshot"),
			    "'snapshot' needs a mirror that keeps old states: name one in 'mirrors'");
	if (v->r->base.suite && !v->r->base.check_valid_until)
		problem_warn(v->p, node_mark(v->root, "base/check_valid_until"),
			     "packages may be of an old state that lacks security updates: leave "
			     "'check_valid_until' out unless that is meant");
}

/* Frameworks of a bench use three queues by name without being asked. */
static void check_queues(const struct recipe_view *v)
{
	static const char *const known[] = { "short", "default", "long" };
	const struct worker *w = v->r->workers.items;

	for (size_t q = 0; v->r->workers.count && q < COUNT(known); q++) {
		bool read = false;
		for (size_t i = 0; i < v->r->workers.count; i++) {
			read |= !w[i].queues.count; /* an error there was reported already */
			for (size_t k = 0; k < w[i].queues.count; k++)
				read |= !((const char *const *)w[i].queues.items)[k] ||
					recipe_view_same(((const char *const *)w[i].queues.items)[k],
							 known[q]);
		}
		if (!read)
			problem_warn(
				v->p, node_mark(v->root, "workers"),
				"no worker takes jobs from the queue '%s': what is put there waits for ever",
				known[q]);
	}
}

static void check_disk(const struct recipe_view *v)
{
	const struct node *disk = node_get(v->root, "disk");

	AUTO_TEXT struct text disks = { 0 };

	if (!disk || !disk->key || !v->r->outputs.count || recipe_wants_disk(v->r))
		return;
	output_list_disks("or", &disks);
	problem_warn(v->p, disk->key->at, "'disk' has no effect without such an output: add %s to 'outputs'",
		     disks.bytes);
}

static void check_registries(const struct recipe_view *v)
{
	const struct node *n = node_find(v->root, "outputs");

	if (v->r->registries.count && recipe_pushed_output(v->r) == v->r->outputs.count)
		problem_add(v->p, n->at,
			    "'outputs' names a registry, and no image that could be pushed there: add oci or "
			    "docker");
}

static void check_backup(const struct recipe_view *v)
{
	const struct backup *b = &v->r->backup;
	const struct node *all = node_find(v->root, "backup"), *keep = node_find(v->root, "backup/keep");

	if (all && all->kind == NODE_MAP && !node_get(all, "to"))
		problem_add(v->p, all->at,
			    "'backup' needs 'to', the place of the backups: a folder such as /backup, sftp:, "
			    "s3: or rest:");
	if (keep && !b->keep_hourly && !b->keep_daily && !b->keep_weekly && !b->keep_monthly)
		problem_add(v->p, keep->key ? keep->key->at : keep->at,
			    "'keep' keeps nothing: give a number, such as daily: 7, or remove it and every "
			    "backup stays");
}

void recipe_check(const struct recipe *r, const struct node *root, struct problems *p)
{
	struct recipe_view v = {
		.r = r, .root = root, .p = p, .apps = r->apps.items, .sites = r->sites.items
	};

	check_apps(&v);
	check_overrides(&v);
	runtime_check(r, p, root);
	site_check(r, root, p);
	twins_check(p, node_find(root, "base/packages"), r->base.packages.count, "the package");
	twins_check(p, node_find(root, "base/build_packages"), r->base.build_packages.count, "the package");
	twins_check(p, node_find(root, "base/mirrors"), r->base.mirrors.count, "the mirror");
	twins_check(p, node_find(root, "keep_node_modules"), r->keep_node_modules.count, "the package");
	twins_check(p, node_find(root, "fonts"), r->fonts.count, "the font package");
	twins_check(p, node_find(root, "outputs"), r->outputs.count + r->registries.count, "the output");
	twins_check(p, node_find(root, "release/documents"), r->release.documents.count, "the document");
	check_base(&v);
	check_ports(&v);
	check_redis(&v);
	check_mariadb(&v);
	check_unknown_host(&v);
	check_queues(&v);
	check_disk(&v);
	check_registries(&v);
	check_backup(&v);
	if (network_is_everybody(&r->nginx.trusted_proxies))
		problem_add(p, node_mark(root, "nginx/trusted_proxies"),
			    "'trusted_proxies' are together half of all addresses or more: name the networks "
			    "that your proxies are in");
}

/* The guest programs are compiled here and the image's own run here, so both need this architecture. */
void recipe_check_architecture(struct recipe *r, const char *host, struct problems *p)
{
	const char *wanted = r->base.architecture;

	if (!host)
		problem_add(p, node_mark(r->root, "base"),
			    "this machine cannot build, not yet: use one that is amd64 or arm64");
	else if (wanted && strcmp(wanted, host))
		problem_add(p, node_mark(r->root, "base/architecture"),
			    "'architecture' cannot be '%s', not yet: write %s, or build on such a machine",
			    wanted, host);
	else
		r->base.architecture = host;
	if (recipe_view_same(r->base.architecture, "arm64") && recipe_wants_disk(r))
		problem_add(p, node_mark(r->root, "outputs"),
			    "disks are made for amd64 only, so far: write oci or docker for arm64");
}
