/* SPDX-License-Identifier: MIT */
#include "recipe/recipe_check.h"

#include <stdlib.h>

#include "base/mem.h"
#include "recipe/zone.h"
#include "t.h"

static const char minimal[] = "name: notes\nbase: {suite: bookworm}\napps: [{name: notes, path: "
			      "notes}]\nsites: [{name: notes.localhost}]\n";

static void defaults(void)
{
	struct recipe r;
	struct problems p;
	struct err *e = recipe_parse("a/b/notes.yml", minimal, strlen(minimal), &r, &p);

	ok(!e && !p.first);
	is(r.name, "notes");
	is(r.framework, "auto");
	ok(r.mode == MODE_PRODUCTION && !r.base.architecture && !r.base.mirrors.count && !r.base.recommends);
	const struct site *s = r.sites.items;
	ok(r.sites.count == 1 && s->admin_password == PASSWORD_GENERATE && !s->developer_mode &&
	   !s->apps.count && s->at.line == 4);
	is(s->time_zone, "UTC");
	ok(r.mariadb.buffer_pool_percent == 25 && !r.mariadb.buffer_pool_bytes &&
	   r.mariadb.durability == DURABILITY_FULL);
	is(r.mariadb.collation, "utf8mb4_unicode_ci");
	const struct redis *cache = &r.redis[REDIS_CACHE], *queue = &r.redis[REDIS_QUEUE],
			   *socketio = &r.redis[REDIS_SOCKETIO];
	ok(cache->port == 13000 && queue->port == 11000 && socketio->port == 12000);
	ok(cache->maxmemory_bytes && !queue->maxmemory_bytes && !socketio->alias);
	is(cache->policy, "allkeys-lru");
	is(queue->policy, "noeviction");
	ok(cache->persistence == PERSISTENCE_CLEAN_STOP && queue->persistence == PERSISTENCE_APPEND_ONLY &&
	   socketio->persistence == PERSISTENCE_NONE);
	ok(r.web.port == 8000 && !r.web.workers && r.web.timeout_seconds == 120 && r.nginx.port == 8080 &&
	   r.socketio_port == 9000);
	is(r.nginx.unknown_host, "refuse");
	const struct worker *w = r.workers.items;
	ok(r.workers.count == 2 && w[0].count == 1 && w[0].timeout_seconds == 300 &&
	   w[1].timeout_seconds == 1500);
	is(((const char **)w[1].queues.items)[2], "short");
	ok(r.outputs.count == 2 && ((int *)r.outputs.items)[0] == OUTPUT_OCI &&
	   ((int *)r.outputs.items)[1] == OUTPUT_DOCKER);
	recipe_done(&r);
}

static void beside(void)
{
	static const struct {
		const char *recipe, *path, *want;
	} cases[] = {
		{ "notes.yml", "app", "app" },
		{ "a/b/notes.yml", "app", "a/b/app" },
		{ "/a/notes.yml", "./app", "/a/./app" },
		{ "/notes.yml", "app", "/app" },
		{ "a/notes.yml", "/srv/app", "/srv/app" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *got =
			recipe_beside(&(struct recipe){ .path = cases[i].recipe }, cases[i].path);
		is(got, cases[i].want);
	}
}

static void digests(void)
{
	struct recipe a, b;
	struct problems p;
	AUTO_FREE char *more = mem_printf("%s# a comment\n", minimal);
	struct err *e = recipe_parse("a", minimal, strlen(minimal), &a, &p),
		   *f = recipe_parse("b", more, strlen(more), &b, &p);

	ok(!e && !f && memcmp(a.digest.bytes, b.digest.bytes, sizeof a.digest.bytes));
	recipe_done(&a);
	recipe_done(&b);
}

static void errors(void)
{
	struct recipe r;
	struct problems p;
	AUTO_FREE char *large = mem_new(RECIPE_LIMIT + 1);
	struct err *e = recipe_parse("large.yml", large, RECIPE_LIMIT + 1, &r, &p);

	ok(e && err_kind(e) == ERR_RECIPE && !p.count);
	err_free(e);
	recipe_done(&r);
	e = recipe_parse("bad.yml", "name: 1\nnaem: 2\n", 16, &r, &p);
	AUTO_FREE char *text = err_text(e);
	is(text, "bad.yml: 5 problems");
	ok(p.count == 5 && p.first->at.line == 1);
	err_free(e);
	recipe_done(&r);
	e = recipe_read("/nowhere/at/all.yml", &r, &p);
	ok(e && err_kind(e) == ERR_RECIPE && !p.first);
	err_free(e);
	recipe_done(&r);
}

/* Warnings are told and do not count. */
static void warnings(void)
{
	struct recipe r;
	struct problems p;
	AUTO_FREE char *yaml = mem_printf("%sredis: {queue: {persistence: none}}\n", minimal);
	struct err *e = recipe_parse("w.yml", yaml, strlen(yaml), &r, &p);

	ok(!e && !p.count && p.first && p.first->warning && !p.first->next);
	recipe_done(&r);
}

/* The first problem that a recipe with that end has on a machine of that architecture; "" for none. */
static void on_machine(const char *host, const char *end, const char *want)
{
	struct recipe r;
	struct problems p;
	AUTO_FREE char *yaml = mem_printf("%s%s", minimal, end);
	struct err *e = recipe_parse("m.yml", yaml, strlen(yaml), &r, &p);

	ok(!e);
	recipe_check_architecture(&r, host, &p);
	AUTO_FREE char *found =
		mem_ndup(p.first ? p.first->text : "", p.first ? strcspn(p.first->text, ":") : 0);
	is(found, want);
	ok(p.first || !strcmp(r.base.architecture, host));
	recipe_done(&r);
}

static void machines(void)
{
	on_machine("amd64", "", "");
	on_machine("arm64", "", "");
	on_machine(NULL, "", "this machine cannot build, not yet");
	on_machine("amd64", "outputs: [qcow2]\n", "");
	on_machine("arm64", "outputs: [oci, raw]\n", "disks are made for amd64 only, so far");
}

/* "LINE:COLUMN what" of the first problem of a recipe with these outputs; "" for none. */
static void registry(const char *outputs, const char *want)
{
	struct recipe r;
	struct problems p;
	AUTO_FREE char *yaml = mem_printf("%soutputs: %s\n", minimal, outputs);

	err_free(recipe_parse("m.yml", yaml, strlen(yaml), &r, &p));
	AUTO_FREE char *found =
		p.first ? mem_printf("%zu %s", (size_t)p.first->at.column, p.first->text) : mem_dup("");
	is(found, want);
	recipe_done(&r);
}

static void registries(void)
{
	static const char needed[] =
		"a registry's HOST[:PORT]/NAME[:TAG] with its NAME in small letters is needed";
	static const char *const good[] = {
		"registry.example/team/demo",
		"registry.example:5000/a__b/c-d.e:1.0",
		"localhost/x",
		"localhost:5000/x:y",
		"host:443/x",
		"\"[::1]:5000/x\"",
		"127.0.0.1:5000/x",
	};
	static const char *const bad[] = { "./out",  "/var/out", "a.b/",      "a.b/C",
					   "a.b/c:", "a.b/c:.d", "a.b/c:d:e", "a.b:0/c",
					   "a.b:/c", "a.b/c//d", "a b.c/d" };

	for (size_t i = 0; i < COUNT(good); i++) {
		AUTO_FREE char *both = mem_printf("[oci, %s]", good[i]);
		registry(both, "");
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO_FREE char *both = mem_printf("[oci, \"%s\"]", bad[i]),
			       *want = mem_printf("16 'outputs' cannot be '%s': %s", bad[i], needed);
		registry(both, want);
	}
	registry("[oci, team/demo]", "16 'outputs' names no registry: write its host first, such as "
				     "registry.example/team/demo:1.0");
	registry("[oci, \"https://ann:pw@a.b/c\"]", "16 'outputs' is no URL: write HOST[:PORT]/NAME[:TAG], "
						    "such as registry.example/team/demo:1.0");
	registry("[oci, a.b/c@d]", "16 'outputs' names a tag and nothing with @: 'docker login' keeps "
				   "logins, and the digest is what a push finds");
	registry("[oci, \"a.b:65536/c\"]", "16 'outputs' has no port from 1 to 65535");
	registry("[oci, a.b/c, a.b/c]", "23 the output 'a.b/c' is given twice: once is enough");
	registry("[a.b/c]",
		 "10 'outputs' names a registry, and no image that could be pushed there: add oci or docker");
	registry("[raw, a.b/c]",
		 "10 'outputs' names a registry, and no image that could be pushed there: add oci or docker");
}

static void zones(void)
{
	AUTO_ARENA struct arena a = { 0 };

	ok(zone_known("UTC") && zone_known("Europe/Paris") && zone_known("America/Argentina/Buenos_Aires") &&
	   zone_known("Africa/Abidjan") && zone_known("Pacific/Wallis"));
	ok(zone_known("Etc/GMT+3") && zone_known("Etc/GMT-14") && zone_known("CET") &&
	   zone_known("US/Eastern") && zone_known("EST5EDT") && zone_known("GB-Eire") && zone_known("GMT") &&
	   zone_known("America/Argentina/ComodRivadavia") && zone_known("Europe/Kiev"));
	ok(zone_is_legacy("US/Eastern") && zone_is_legacy("CET") && !zone_is_legacy("Europe/Kyiv") &&
	   !zone_is_legacy("Etc/GMT+3"));
	ok(!zone_known("Europe") && !zone_known("Europe/") && !zone_known("Europe/Pari") &&
	   !zone_known("Europe/Paris ") && !zone_known("/Paris") && !zone_known("America/Argentina") &&
	   !zone_known("Paris") && !zone_known(""));
	is(zone_nearest(&a, "Europe/Pars"), "Europe/Paris");
	is(zone_nearest(&a, "Pacific/Walis"), "Pacific/Wallis");
	ok(!zone_nearest(&a, "Narnia/Cair_Paravel"));
}

int main(void)
{
	defaults();
	beside();
	digests();
	errors();
	warnings();
	machines();
	registries();
	zones();
	return t_done();
}
