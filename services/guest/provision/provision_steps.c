/* SPDX-License-Identifier: MIT */
#include "provision/provision_steps.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/command.h"
#include "lib/crash.h"
#include "provision/door.h"
#include "lib/durable.h"
#include "provision/owners.h"
#include "provision/prebaked.h"
#include "provision/resource_plan.h"
#include "provision/json_merge.h"
#include "provision/kept_cache.h"
#include "lib/redis.h"
#include "lib/log.h"
#include "provision/servers.h"
#include "provision/stores.h"
#include "lib/supervisor.h"
#include "provision/volume.h"

#define START_MS 60000 /* for a store whose data are whole */

struct err *provision_steps_format(struct provision_context *w, bool *ret_did)
{
	*ret_did = false;
	return volume_record(&w->bench);
}

static struct err *make_folders(const struct bench *b)
{
	AUTO_FREE char *own = bench_in_data(b, BENCH_OWN);
	AUTO_FREE char *secrets = bench_in_data(b, "/secrets");

	for (size_t i = 0; i < b->folders.count; i++)
		TRY(durable_folder(b->folders.items[i].path, b->folders.items[i].mode,
				   &b->folders.items[i].owner));
	TRY(durable_folder(BENCH_RUN, 0755, &durable_root));
	TRY(durable_folder(BENCH_RUN "/progress", 0755, &durable_root));
	TRY(durable_folder(own, 0700, &durable_root));
	return durable_folder(secrets, 0700, &durable_root);
}

struct err *provision_steps_folders(struct provision_context *w, bool *ret_did)
{
	*ret_did = false;
	return make_folders(&w->bench);
}

struct err *provision_steps_memory(struct provision_context *w, bool *ret_did)
{
	struct resource_plan m = resource_plan_make(&w->bench, "");
	char total[16], pool[16];

	*ret_did = false;
	if (!w->again)
		log_line("memory: %s, %u processors: %s for InnoDB, %u web workers",
			 text_size((double)m.total_bytes, total), m.processors,
			 text_size((double)m.pool_bytes, pool), m.web_workers);
	if (!w->again && w->bench.sql_pool_bytes > m.total_bytes / 4 * 3)
		log_line("warning: mariadb.buffer_pool asks for more than three quarters of the memory: it "
			 "gets those");
	struct err *few = resource_plan_check(&m);
	if (few)
		log_err(few, "warning: memory");
	return resource_plan_write(&w->bench, &m);
}

/* After a container's restart, /run is as its last run has left it. */
static struct err *forget_last_run(void)
{
	static const char *const said[] = {
		"started",    "serving", "stores", "progress.json", "steps.json", "startup.json",
		"sites.json", "ready",	 "asked",  "upgrade.json",  "unclean",
	};

	for (size_t i = 0; i < COUNT(said); i++) {
		AUTO_FREE char *path = mem_printf(BENCH_RUN "/%s", said[i]);
		unlink(path);
	}
	return file_remove_tree(BENCH_RUN "/progress");
}

struct err *provision_steps_prepare(const struct bench *b, const bool *ready)
{
	struct resource_plan m = resource_plan_make(b, "");

	TRY(forget_last_run());
	TRY(make_folders(b));
	TRY(resource_plan_write(b, &m));
	return door_prepare(b, ready);
}

/* A file or folder stands where a link belongs. It is kept, and so is one that was kept before. */
static struct err *keep_aside(const char *path)
{
	AUTO_FREE char *to = mem_printf("%s.replaced", path);
	struct stat st;

	for (unsigned n = 2; !lstat(to, &st); n++) {
		free(to);
		to = mem_printf("%s.replaced.%u", path, n);
	}
	if (rename(path, to) < 0)
		return err_errno(errno, "keep %s as %s", path, to);
	log_line("warning: %s was in the way of a link: kept as %s", path, to);
	return NULL;
}

static struct err *make_link(const struct bench_link *l, bool *did)
{
	char now[4096];
	ssize_t n = readlink(l->path, now, sizeof now - 1);
	AUTO_FREE char *beside = mem_printf("%s.new", l->path);

	if (n >= 0 && (size_t)n == strlen(l->to) && !memcmp(now, l->to, (size_t)n))
		return NULL;
	if (n < 0 && errno == EINVAL)
		TRY(keep_aside(l->path));
	unlink(beside);
	if (symlink(l->to, beside) < 0 || rename(beside, l->path) < 0)
		return err_errno(errno, "link %s to %s", l->path, l->to);
	*did = true;
	return NULL;
}

struct err *provision_steps_links(struct provision_context *w, bool *ret_did)
{
	*ret_did = false;
	for (size_t i = 0; i < w->bench.links.count; i++)
		TRY(make_link(&w->bench.links.items[i], ret_did));
	return NULL;
}

static void say_kept(json_t *kept)
{
	json_t *key;
	size_t i;

	json_array_foreach(kept, i, key) log_line(
		"common_site_config.json: '%s' was changed by hand and stays", json_string_value(key));
}

/* Keeps a damaged file for a person to look at, and takes its last good copy instead. */
static struct err *read_common(const struct bench *b, const char *path, const char *copy, json_t **ret)
{
	AUTO_FREE char *damaged = mem_printf("%s.damaged", path);
	bool bad;

	TRY(durable_read_json_as(&b->user, path, ret, &bad));
	if (!bad)
		return NULL;
	log_line("warning: %s is damaged: kept as %s, the last good one is used", path, damaged);
	if (rename(path, damaged) < 0)
		return err_errno(errno, "%s", damaged);
	return durable_read_json(copy, ret, &bad);
}

struct err *provision_steps_config(struct provision_context *w, bool *ret_did)
{
	const struct bench *b = &w->bench;
	AUTO_FREE char *path = bench_in_data(b, "/sites/common_site_config.json");
	AUTO_FREE char *last_path = bench_in_data(b, BENCH_OWN "/common_site_config.image.json");
	AUTO_FREE char *copy_path = bench_in_data(b, BENCH_OWN "/common_site_config.copy.json");
	AUTO_FREE char *current_site = bench_in_data(b, "/sites/currentsite.txt");
	json_t *last = NULL, *current = NULL, *kept = json_array();
	bool bad;

	*ret_did = false;
	struct err *e = durable_read_json(last_path, &last, &bad);
	if (!e)
		e = read_common(b, path, copy_path, &current);
	json_t *merged = json_merge_settings(b->common_site_config, last, current, kept);
	if (!e)
		e = durable_json(path, merged, 0640, &b->user, ret_did);
	crash_at("config", "mid");
	if (!e)
		e = durable_json(copy_path, merged, 0600, &durable_root, NULL);
	if (!e)
		e = durable_json(last_path, b->common_site_config, 0600, &durable_root, NULL);
	if (!e && !w->again)
		say_kept(kept);
	json_decref(last);
	json_decref(current);
	json_decref(merged);
	json_decref(kept);
	if (!e && b->development && b->default_site && access(current_site, F_OK) < 0)
		e = durable_update(current_site, b->default_site, 0644, &b->user, ret_did);
	return e;
}

struct err *provision_steps_tables(struct provision_context *w, bool *ret_did)
{
	const struct bench *b = &w->bench;
	AUTO_FREE char *tables = mem_printf("%s/mysql", b->sql_data);
	AUTO_FREE char *staging = mem_printf("%s.new", b->sql_data);
	AUTO_FREE char *parent = mem_ndup(b->sql_data, (size_t)(strrchr(b->sql_data, '/') - b->sql_data));
	struct placeholders_word words[] = { { "data", staging } };
	struct bench_command install = {
		.name = "mariadb-install-db",
		.argv = b->sql_install,
		.env = b->sql_install + 1,
		.seconds = 600,
	};

	while (*install.env)
		install.env++;
	*ret_did = access(tables, F_OK) < 0;
	TRY(file_remove_tree(staging));
	if (!*ret_did)
		return NULL;
	TRY(durable_folder(staging, 0750, &b->mysql));
	TRY(command_run(b, &install, NULL, words, COUNT(words), NULL));
	TRY(owners_give(staging, &b->mysql)); /* mariadb-install-db writes the version's file as root */
	crash_at("tables", "mid");
	TRY(durable_sync_all(staging));
	if (rename(staging, b->sql_data) < 0)
		return err_errno(errno, "%s is there, but holds no tables of MariaDB: is it somebody else's?",
				 b->sql_data);
	return durable_sync_folder(parent);
}

static void start(const struct bench *b, int role)
{
	struct err *e = supervisor_start_role(b, role, START_MS);

	if (e)
		log_err(e, "the application is imported later");
}

/* By a process that ends with this one: the web server waits for the preload's import, and nothing else need.
 */
static void start_web_apart(const struct bench *b)
{
	pid_t parent = getpid();

	if (fork())
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent)
		start(b, ROLE_WEB);
	_exit(0);
}

/* Importing the application takes longer than starting MariaDB and Redis. So that and the web server start
 * early; it listens only once they are up. In an upgrade it starts once every site is migrated. */
static void start_early(const struct provision_context *w)
{
	const struct bench *b = &w->bench;
	bool early = !w->again && !w->prebakes && !b->development;

	for (size_t i = 0; early && i < b->sites.count; i++) {
		AUTO_FREE char *made = mem_printf("site/%s", b->sites.items[i].name);
		/* a site to be made needs that memory for the framework's steps */
		early = ledger_state(w->ledger, made) == LEDGER_DONE ||
			prebaked_waits(w, b->sites.items[i].name);
	}
	bool shares = bench_json_has_role(b, ROLE_PRELOAD);
	if (early)
		start(b, shares ? ROLE_PRELOAD : ROLE_WEB);
	if (early && shares && !w->upgrade)
		start_web_apart(b);
}

struct err *provision_steps_stores(struct provision_context *w, bool *ret_did)
{
	const struct bench *b = &w->bench;

	*ret_did = true;
	TRY(servers_record(b));
	if (!w->again)
		unlink(PROVISION_STEPS_STORES);
	start_early(w);
	TRY(supervisor_start_phase(b, PHASE_STORES, START_MS));
	crash_at("stores", "mid");
	return stores_wait(w);
}

/* mariadb-install-db makes accounts without a name, and they would let anybody on this machine in. */
struct err *provision_steps_accounts(struct provision_context *w, bool *ret_did)
{
	int64_t nameless = 0;

	*ret_did = false;
	TRY(sql_number(w->root, &nameless, "SELECT COUNT(*) FROM mysql.global_priv WHERE User = ''"));
	if (!nameless)
		return NULL;
	*ret_did = true;
	TRY(sql_run(w->root, "DELETE FROM mysql.global_priv WHERE User = ''"));
	return sql_run(w->root, "FLUSH PRIVILEGES");
}

/* Removes locks of processes that a stop or a power cut has ended. */
static void clear_locks(const struct bench *b)
{
	for (size_t i = 0; i < b->sites.count; i++) {
		AUTO_FREE char *below = mem_printf("/sites/%s/locks", b->sites.items[i].name);
		AUTO_FREE char *path = bench_in_data(b, below);
		AUTO_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		DIR *dir = fd < 0 ? NULL : fdopendir(dup(fd));
		for (struct dirent *d; dir && (d = readdir(dir));)
			if (d->d_name[0] != '.' && unlinkat(fd, d->d_name, 0) < 0 && errno != EISDIR &&
			    errno != EPERM)
				log_line("warning: cannot remove the lock %s/%s", path, d->d_name);
		if (dir)
			closedir(dir);
	}
}

struct err *provision_steps_cache(struct provision_context *w, bool *ret_did)
{
	*ret_did = !w->again;
	if (w->again)
		return NULL;
	TRY(kept_cache_begin(&w->bench, w->upgrade != NULL));
	durable_as(&w->bench.user);
	clear_locks(&w->bench);
	durable_as_root();
	return w->upgrade ? supervisor_start_role(&w->bench, ROLE_SOCKETIO, START_MS) :
			    provision_steps_listen();
}

struct err *provision_steps_listen(void)
{
	return durable_update(PROVISION_STEPS_STORES, "", 0644, &durable_root, NULL);
}

struct err *provision_steps_bench(struct provision_context *w, bool *ret_did)
{
	*ret_did = !w->again;
	TRY(durable_update(PROVISION_STEPS_SERVING, "", 0644, &durable_root, NULL));
	return supervisor_start_phase(&w->bench, PHASE_BENCH, START_MS);
}
