/* SPDX-License-Identifier: MIT */
#include "backup/backup_site.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "backup/dump.h"
#include "backup/scratch.h"
#include "base/mem.h"
#include "lib/durable.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "lib/sql.h"
#include "provision/site_account.h"

struct err *backup_site_database(const struct bench *b, const char *site, char **ret)
{
	json_t *config = NULL;

	TRY(site_account_config(b, site, &config));
	const char *name = json_string_value(json_object_get(config, "db_name")), *user = json_string_value(json_object_get(config, "db_user"));
	struct err *e = site_account_check(site, name ? name : "", user ? user : name ? name : "");
	if (!e)
		*ret = mem_dup(name);
	json_decref(config);
	return e;
}

static struct err *grant(const struct bench *b, const char *database, const char *user)
{
	static const char *const hosts[] = { "localhost", "127.0.0.1" };
	AUTO_SQL struct sql *root = NULL;

	TRY(sql_open(b->sql_socket, "root", NULL, NULL, 60, &root));
	AUTO_FREE char *quoted = sql_quoted(root, user), *schema = sql_backquoted(database);
	for (size_t i = 0; i < COUNT(hosts); i++)
		TRY(sql_run(root, "GRANT ALL PRIVILEGES ON %s.* TO %s@'%s'", schema, quoted, hosts[i]));
	return NULL;
}

/* The backup's configuration with this instance's account and the new database. It still lies in a folder that is root's alone. */
static struct err *configure(const struct bench *b, const char *site, const char *folder, const char *database, char **ret_key)
{
	AUTO_FREE char *path = mem_printf("%s/site_config.json", folder);
	json_t *now = NULL, *then = NULL;
	bool damaged;

	TRY(site_account_config(b, site, &now));
	struct err *e = durable_read_json(path, &then, &damaged);
	if (!e && !then)
		e = err_new(ERR_SYSTEM, "the backup's site_config.json of %s is missing or damaged", site);
	const char *old = json_string_value(json_object_get(now, "db_name"));
	json_t *user = json_object_get(now, "db_user");
	if (!e) {
		json_object_set_new(then, "db_name", json_string(database));
		json_object_set(then, "db_password", json_object_get(now, "db_password"));
		json_object_set_new(then, "db_user", json_string(user ? json_string_value(user) : old));
		e = durable_json(path, then, 0600, &b->user, NULL);
	}
	if (!e)
		e = grant(b, database, json_string_value(json_object_get(then, "db_user")));
	const char *key = json_string_value(json_object_get(then, "encryption_key"));
	*ret_key = !e && key ? mem_dup(key) : NULL;
	json_decref(now);
	json_decref(then);
	return e;
}

/* What is left of a restore that did not come to its exchange. */
static void drop_database(const struct bench *b, const char *database)
{
	AUTO_SQL struct sql *root = NULL;
	struct err *e = sql_open(b->sql_socket, "root", NULL, NULL, 60, &root);
	AUTO_FREE char *schema = sql_backquoted(database);

	if (!e)
		e = sql_run(root, "DROP DATABASE IF EXISTS %s", schema);
	if (e)
		log_err(e, "the new database %s of a restore that failed", database);
}

/* What the bench's user may have put there is no way to other places: root writes below it. */
static struct err *check_folder(const char *fresh)
{
	AUTO_FREE char *config = mem_printf("%s/site_config.json", fresh);
	struct stat st;

	if (lstat(fresh, &st) < 0 || !S_ISDIR(st.st_mode) || lstat(config, &st) < 0 || !S_ISREG(st.st_mode))
		return err_new(ERR_SYSTEM, "the backup has no folder of the site with a site_config.json in it");
	return NULL;
}

/* Database and files beside those that are served. */
static struct err *bring(const struct bench *b, const char *site, const char *from, const json_t *made, const char *database, char **ret_key)
{
	AUTO_FREE char *dump = mem_printf("%s/.mkbench/backup/set/%s.sql", from, site), *fresh = mem_printf("%s/sites/%s", from, site);
	AUTO_FREE char *replaced = bench_in_data(b, BENCH_OWN "/replaced");

	TRY(check_folder(fresh));
	TRY(dump_check(dump, made));
	TRY(scratch_import(b->sql_socket, database, dump, json_object_get(made, "tables")));
	TRY(configure(b, site, fresh, database, ret_key));
	TRY(durable_folder(replaced, 0700, &durable_root));
	return durable_sync_all(b->data);
}

struct err *backup_site_restore(const struct bench *b, const char *site, const char *from, const json_t *made, char **ret_kept)
{
	AUTO_FREE char *below = mem_printf("/sites/%s", site), *folder = bench_in_data(b, below), *fresh = mem_printf("%s%s", from, below);
	AUTO_FREE char *random = secret_make(SECRET_READABLE), *database = mem_printf("_%.4s%.4s%.4s%.4s", random, random + 5, random + 10, random + 15);
	AUTO_FREE char *secrets = mem_printf("/secrets/%s/encryption_key", site), *secret = bench_in_data(b, secrets), *key = NULL;
	struct err *e = bring(b, site, from, made, database, &key);

	if (!e && renameat2(AT_FDCWD, fresh, AT_FDCWD, folder, RENAME_EXCHANGE) < 0)
		e = err_errno(errno, "%s", folder);
	if (e) {
		drop_database(b, database);
		return e;
	}
	*ret_kept = mem_printf("%s" BENCH_OWN "/replaced/%s-%lld", b->data, site, (long long)time(NULL));
	if (rename(fresh, *ret_kept) < 0)
		return err_errno(errno, "%s", *ret_kept);
	if (key)
		TRY(secret_write(secret, key));
	return durable_sync_all(b->data);
}
