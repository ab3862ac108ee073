/* SPDX-License-Identifier: MIT */
#include "prebake/prebake.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backup/dump.h"
#include "provision/import.h"
#include "backup/scratch.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "lib/durable.h"
#include "lib/log.h"
#include "lib/redis.h"
#include "lib/secret.h"
#include "lib/spawn.h"
#include "lib/sql.h"
#include "lib/supervisor.h"
#include "prebake/canary.h"
#include "prebake/keep_template.h"
#include "provision/prebaked.h"
#include "provision/site_template.h"
#include "provision/volume.h"
#include "start/overseer.h"
#include "start/prepare_volume.h"
#include "start/stop.h"

#define STOP_MS 60000
#define REWRITE_MS 60000
#define TAIL 2000

/* As in the image, and small: after a slow stop the logs hold nothing that is needed. */
static const char *const options[] = {
	"--skip-log-bin",
	"--innodb-fast-shutdown=0",
	"--innodb-log-file-size=4M",
	"--innodb-doublewrite=0",
	"--innodb-buffer-pool-dump-at-shutdown=0",
	"--loose-debug-no-sync",
	NULL,
};

struct prebake {
	struct bench bench;
	struct overseer overseer;
	int lease;
	char *dumps;	    /* below the volume */
	json_t **manifests; /* one for the dump of each site */
	json_t *shapes;	    /* {SITE: the shape of its database} */
	struct scratch server;
};

static struct err *open_volume(struct prebake *p)
{
	const struct bench *b = &p->bench;

	TRY(volume_lease(b, &p->lease));
	if (p->lease < 0)
		return err_new(ERR_SYSTEM, "%s is in use", b->data);
	TRY(prepare_volume(b, true));
	TRY(canary_plant(b));
	p->dumps = bench_in_data(b, "/prebake");
	return durable_folder(p->dumps, 0700, &durable_root);
}

static struct err *make_sites(struct prebake *p)
{
	char *argv[] = { (char *)"provision", (char *)"--prebake", NULL };
	AUTO_FREE char *log = bench_in_data(&p->bench, "/service-logs/provision.log");
	int status = 0;

	overseer_start(&p->overseer, &p->bench);
	pid_t child = spawn("/proc/self/exe", argv, environ, -1);
	if (!child)
		return err_new(ERR_SYSTEM, "provision cannot be started");
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (!status)
		return NULL;
	AUTO_FREE char *said = file_tail(log, TAIL);
	printf("%s\n", said);
	return err_new(ERR_BUILD, "the sites cannot be made while the image is built: see above; prebake: "
				  "false makes them at the first boot");
}

static struct err *dump_all(struct prebake *p)
{
	p->manifests = mem_array(p->bench.sites.count, sizeof(json_t *));
	for (size_t i = 0; i < p->bench.sites.count; i++) {
		AUTO_FREE char *db = site_default_name(p->bench.sites.items[i].name),
			       *path = mem_printf("%s/%zu.sql", p->dumps, i);
		TRY(dump_site(&p->bench, db, path, &p->manifests[i]));
	}
	return canary_search(p->dumps, PREBAKE_CANARY);
}

/* Rewrites the append-only file without former values. *ret_keeps: the instance still has keys. */
static struct err *rewrite(const struct bench_redis *r, bool *ret_keeps)
{
	int64_t until = clock_ms() + REWRITE_MS;
	json_t *reply = NULL;

	TRY(redis_query(r, STOP_MS, &reply, "DBSIZE"));
	*ret_keeps = json_integer_value(reply) > 0;
	json_decref(reply);
	if (!*ret_keeps)
		return NULL;
	TRY(redis_query(r, STOP_MS, &reply, "BGREWRITEAOF"));
	json_decref(reply);
	for (;;) {
		TRY(redis_query(r, STOP_MS, &reply, "INFO persistence"));
		const char *text = json_string_value(reply);
		bool over = text && strstr(text, "aof_rewrite_in_progress:0") &&
			    strstr(text, "aof_rewrite_scheduled:0");
		json_decref(reply);
		if (over)
			return NULL;
		if (clock_ms() > until)
			return err_new(ERR_SYSTEM, "%s does not rewrite its file", r->name);
		clock_sleep(50);
	}
}

static struct err *stop(struct prebake *p)
{
	AUTO_PROCESSES struct process_list list = { 0 };
	bool killed = false;

	if (!p->overseer.pid)
		return NULL;
	struct err *e = supervisor_list(&p->bench, &list);
	if (!e)
		stop_all(&p->bench, &list, p->overseer.pid, STOP_MS, &killed, NULL);
	overseer_end(&p->overseer, &p->bench, clock_ms() + STOP_MS);
	p->overseer.pid = 0;
	if (!e && killed)
		e = err_new(ERR_SYSTEM, "MariaDB or Redis did not stop in order");
	return e;
}

/* A digest for each table, over one of its properties: short, so that beside the name of a table it does not
 * look like a password. */
static struct err *describe(struct sql *sql, const char *db, const char *view, const char *columns,
			    const char *order, json_t **ret)
{
	AUTO_FREE char *text = NULL;

	TRY(sql_text(sql, &text,
		     "SELECT JSON_OBJECTAGG(t, h) FROM (SELECT table_name AS t, LEFT(MD5(GROUP_CONCAT("
		     "CONCAT_WS(' ', %s) ORDER BY %s)), 12) AS h FROM information_schema.%s WHERE "
		     "table_schema = '%s' GROUP "
		     "BY table_name) AS each_table",
		     columns, order, view, db));
	*ret = text ? json_loads(text, 0, NULL) : NULL;
	if (!*ret)
		*ret = json_object();
	return NULL;
}

/* Records what two builds have in common, although no byte is the same: tables with their rows, columns and
 * keys. */
static struct err *note_shape(struct prebake *p, struct sql *sql, size_t site, const char *db)
{
	json_t *columns = NULL, *keys = NULL;
	struct err *e = describe(sql, db, "columns",
				 "column_name, column_type, is_nullable, column_default, collation_name",
				 "ordinal_position", &columns);

	if (!e)
		e = describe(sql, db, "statistics", "index_name, non_unique, column_name, sub_part",
			     "index_name, seq_in_index", &keys);
	if (!e)
		json_object_set_new(p->shapes, p->bench.sites.items[site].name,
				    json_pack("{s:O, s:O, s:O}", "rows",
					      json_object_get(p->manifests[site], "tables"), "columns",
					      columns, "keys", keys));
	json_decref(columns);
	json_decref(keys);
	return e;
}

static struct err *note_shapes(struct prebake *p)
{
	AUTO_SQL struct sql *sql = NULL;

	p->shapes = json_object();
	TRY(sql_open(p->server.socket, "root", NULL, NULL, 600, &sql));
	for (size_t i = 0; i < p->bench.sites.count; i++) {
		AUTO_FREE char *db = site_default_name(p->bench.sites.items[i].name);
		if (!bench_is_template(&p->bench.sites.items[i]))
			TRY(note_shape(p, sql, i, db));
	}
	return NULL;
}

/* Loads the dumps into a server that has never known an account or a secret of a site. */
static struct err *load_all(struct prebake *p)
{
	TRY(scratch_start(&p->bench, options, &p->server));
	for (size_t i = 0; i < p->bench.sites.count; i++) {
		AUTO_FREE char *db = site_default_name(p->bench.sites.items[i].name),
			       *path = mem_printf("%s/%zu.sql", p->dumps, i);
		const struct import in = {
			.socket = p->server.socket,
			.schema = db,
			.dump = path,
			.tables = json_object_get(p->manifests[i], "tables"),
		};
		if (!bench_is_template(&p->bench.sites.items[i]))
			TRY(import_dump(&in));
	}
	TRY(note_shapes(p));
	return scratch_stop(&p->server);
}

static struct err *move(const char *from, const char *to)
{
	return rename(from, to) < 0 ? err_errno(errno, "move %s to %s", from, to) : NULL;
}

/* Empties a folder and keeps it. */
static struct err *empty(const char *folder)
{
	DIR *dir = opendir(folder);
	struct err *e = NULL;

	for (struct dirent *d; dir && !e && (d = readdir(dir));) {
		AUTO_FREE char *path = mem_printf("%s/%s", folder, d->d_name);
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			e = file_remove_tree(path);
	}
	if (dir)
		closedir(dir);
	return e;
}

static struct err *keep_site(const struct bench *b, const char *site)
{
	static const char *const emptied[] = { "locks", "logs" };
	AUTO_FREE char *from = mem_printf("%s/sites/%s", b->data, site),
		       *below = mem_printf("sites/%s", site), *to = prebaked_path(below);
	AUTO_FREE char *config = mem_printf("%s/site_config.json", to);

	TRY(move(from, to));
	for (size_t i = 0; i < COUNT(emptied); i++) {
		AUTO_FREE char *folder = mem_printf("%s/%s", to, emptied[i]);
		TRY(empty(folder));
	}
	return unlink(config) < 0 ? err_errno(errno, "remove %s", config) : NULL;
}

static struct err *keep_redis(const struct bench *b, const bool *keeps)
{
	for (size_t i = 0; i < b->redis.count; i++) {
		AUTO_FREE char *below = mem_printf("redis/%s", b->redis.items[i].name),
			       *to = prebaked_path(below);
		if (keeps[i])
			TRY(move(b->redis.items[i].data, to));
	}
	return NULL;
}

/* Jobs that wait are of one site, which only its name tells: a copy could not have them, and a template's
 * would wait for ever. */
static struct err *keep_templates(const struct prebake *p, const bool *keeps, json_t *rows)
{
	const struct bench *b = &p->bench;

	for (size_t i = 0; i < b->redis.count; i++)
		if (keeps[i]) {
			if (b->templates.count)
				return err_new(ERR_BUILD,
					       "something waits in %s when a site is made, which a copy "
					       "could not have: 'templates' need prebake: false",
					       b->redis.items[i].name);
			log_line("no site is a template for more: something waits in %s that may be of one",
				 b->redis.items[i].name);
			return NULL;
		}
	for (size_t i = 0; i < b->sites.count; i++) {
		AUTO_FREE char *dump = mem_printf("%s/%zu.sql", p->dumps, i);
		TRY(keep_template(b, &b->sites.items[i], dump, rows));
	}
	return NULL;
}

static struct err *keep_all(const struct prebake *p, const bool *keeps)
{
	static const char *const folders[] = { "", "sites", "redis" };
	const struct bench *b = &p->bench;
	AUTO_FREE char *id = secret_make(SECRET_WORD), *list = prebaked_path("list.json"),
		       *server = prebaked_path("mariadb"), *all = prebaked_path("");
	json_t *names = json_array(), *templates = json_array();
	struct err *e = NULL;

	for (size_t i = 0; !e && i < COUNT(folders); i++) {
		AUTO_FREE char *folder = prebaked_path(folders[i]);
		e = durable_folder(folder, 0700, &durable_root);
	}
	if (!e)
		e = move(p->server.data, server);
	if (!e)
		e = durable_folder(server, 0750, &b->mysql);
	for (size_t i = 0; !e && i < b->sites.count; i++) {
		if (!bench_is_template(&b->sites.items[i]))
			json_array_append_new(names, json_string(b->sites.items[i].name));
		e = keep_site(b, b->sites.items[i].name);
	}
	if (!e)
		e = keep_redis(b, keeps);
	if (!e)
		e = keep_templates(p, keeps, templates);
	id[16] = '\0';
	json_t *rows = json_pack("{s:s, s:o, s:O, s:o}", "id", id, "sites", names, "shapes", p->shapes,
				 SITE_TEMPLATE_ROWS, templates);
	if (!e)
		e = durable_json(list, rows, 0600, &durable_root, NULL);
	json_decref(rows);
	return e ? e : canary_search(all, PREBAKE_CANARY);
}

static struct err *run(struct prebake *p)
{
	TRY(bench_read(&p->bench));
	bench_add_templates(&p->bench);
	AUTO_FREE bool *keeps = mem_array(p->bench.redis.count, sizeof *keeps);
	TRY(open_volume(p));
	TRY(make_sites(p));
	TRY(dump_all(p));
	for (size_t i = 0; i < p->bench.redis.count; i++)
		if (p->bench.redis.items[i].data && !redis_is_cache(&p->bench.redis.items[i]))
			TRY(rewrite(&p->bench.redis.items[i], &keeps[i]));
	TRY(stop(p));
	TRY(load_all(p));
	TRY(keep_all(p, keeps));
	scratch_end(&p->server);
	return empty(p->bench.data);
}

int prebake_main(int argc, char **argv)
{
	struct prebake p = { .lease = -1 };

	(void)argv;
	log_as("prebake");
	if (argc > 1 || geteuid()) {
		fputs("usage: prebake (as root, while an image is built)\n", stderr);
		return ERR_USAGE;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	umask(022);
	struct err *e = run(&p);
	bool failed = e;
	if (e)
		log_err(e, "prebake");
	err_free(stop(&p));
	scratch_end(&p.server);
	for (size_t i = 0; p.manifests && i < p.bench.sites.count; i++)
		json_decref(p.manifests[i]);
	free(p.manifests);
	json_decref(p.shapes);
	free(p.dumps);
	overseer_done(&p.overseer);
	bench_json_done(&p.bench);
	return failed;
}
