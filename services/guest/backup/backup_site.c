/* SPDX-License-Identifier: MIT */
#include "backup/backup_site.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup/backup_sweep.h"
#include "backup/dump.h"
#include "provision/import.h"
#include "base/mem.h"
#include "lib/command.h"
#include "lib/crash.h"
#include "lib/durable.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "lib/sql.h"
#include "lib/site_registry.h"
#include "provision/kept_cache.h"
#include "provision/site_account.h"
#include "provision/site_folders.h"

static char *new_database(void)
{
	AUTO_FREE char *random = secret_make(SECRET_READABLE);

	return mem_printf("_%.4s%.4s%.4s%.4s", random, random + 5, random + 10, random + 15);
}

static char *secret_path(const struct bench *b, const char *site, const char *name)
{
	return mem_printf("%s/secrets/%s/%s", b->data, site, name);
}

/* Root writes below this folder: a link that the bench's user put there must not lead elsewhere. */
static struct err *check_folder(const char *fresh)
{
	AUTO_FREE char *config = mem_printf("%s/site_config.json", fresh);
	struct stat st;

	if (lstat(fresh, &st) < 0 || !S_ISDIR(st.st_mode) || lstat(config, &st) < 0 || !S_ISREG(st.st_mode))
		return err_new(ERR_SYSTEM,
			       "the backup has no folder of the site with a site_config.json in it");
	return NULL;
}

/* Checks the source and reads its configuration. Then sets the database in it, and the account, which has
 * the same name: older frameworks expect no other. The file still lies in a folder of root's alone. */
static struct err *configure(const struct bench *b, const struct site_source *from, const char *database,
			     const char *password, json_t **ret)
{
	AUTO_FREE char *path = mem_printf("%s/site_config.json", from->folder);
	bool damaged;

	TRY(check_folder(from->folder));
	TRY(durable_read_json(path, ret, &damaged));
	if (!*ret)
		return err_new(ERR_SYSTEM, "the site_config.json of the backup is missing or damaged");
	json_object_set_new(*ret, "db_name", json_string(database));
	json_object_set_new(*ret, "db_user", json_string(database));
	json_object_set_new(*ret, "db_password", json_string(password));
	TRY(site_folders_make(b, from->folder));
	return durable_json(path, *ret, 0600, &b->user, NULL);
}

static struct err *import(const struct bench *b, const struct site_source *from, const char *database,
			  const json_t *config)
{
	const struct import i = {
		.socket = b->sql_socket,
		.schema = database,
		.user = json_string_value(json_object_get(config, "db_user")),
		.password = json_string_value(json_object_get(config, "db_password")),
		.as = &b->user,
		.dump = from->dump,
		.tables = from->made ? json_object_get(from->made, "tables") : NULL,
	};

	if (from->made)
		TRY(dump_check(from->dump, from->made));
	return import_dump(&i);
}

struct err *backup_site_bring(const struct bench *b, const char *site, const struct site_source *from,
			      struct site_brought *s)
{
	json_t *now = NULL;

	*s = (struct site_brought){ .site = site,
				    .database = new_database(),
				    .fresh = mem_dup(from->folder) };
	TRY(site_account_config(b, site, &now));
	const char *name = json_string_value(json_object_get(now, "db_name")),
		   *user = json_string_value(json_object_get(now, "db_user"));
	const char *password = json_string_value(json_object_get(now, "db_password"));
	s->account = mem_dup(user ? user : name ? name : "");
	struct err *e = site_account_check(site, name ? name : "", s->account);
	if (!e)
		e = configure(b, from, s->database, password ? password : "", &s->config);
	if (!e)
		e = backup_sweep_begin(b, s->database, site, false);
	if (!e)
		e = import(b, from, s->database, s->config);
	json_decref(now);
	return e;
}

/* The former database stays. Its account is dropped, so the site cannot reach it any more. */
static void give_up(const struct bench *b, const struct site_brought *s)
{
	AUTO_SQL struct sql *root = NULL;
	struct err *e = sql_open(b->sql_socket, "root", NULL, NULL, 600, &root);

	if (!e)
		e = site_account_drop(root, s->account);
	if (e)
		log_err(e, "warning: site %s may still read its database of before", s->site);
}

struct err *backup_site_exchange(const struct bench *b, struct site_brought *s)
{
	AUTO_FREE char *below = mem_printf("/sites/%s", s->site), *folder = bench_in_data(b, below),
		       *replaced = bench_in_data(b, BENCH_OWN "/replaced");
	AUTO_FREE char *copy = secret_path(b, s->site, "site_config.json"),
		       *secret = secret_path(b, s->site, "encryption_key");
	const char *key = json_string_value(json_object_get(s->config, "encryption_key"));

	TRY(durable_folder(replaced, 0700, &durable_root));
	TRY(durable_sync_all(b->data)); /* everything is on disk before it becomes the site */
	crash_at("restore", "before");
	if (renameat2(AT_FDCWD, s->fresh, AT_FDCWD, folder, RENAME_EXCHANGE) < 0)
		return err_errno(errno, "%s", folder);
	crash_at("restore", "commit");
	s->kept = backup_sweep_place(b, s->site);
	if (rename(s->fresh, s->kept) < 0)
		return err_errno(errno, "%s", s->kept);
	give_up(b, s);
	kept_cache_forget(b);
	if (key)
		TRY(secret_write(secret, key));
	TRY(durable_json(copy, s->config, 0600, &durable_root, NULL));
	TRY(durable_sync_all(b->data));
	return backup_sweep_end(b, s->database);
}

void backup_site_leave(const struct bench *b, struct site_brought *s)
{
	if (s->database && !s->kept) {
		import_drop(b->sql_socket, s->database);
		err_free(backup_sweep_end(b, s->database));
	}
	json_decref(s->config);
	free(s->database);
	free(s->fresh);
	free(s->account);
	free(s->kept);
	*s = (struct site_brought){ 0 };
}

static struct err *write_secrets(const struct bench *b, const char *site, const json_t *config,
				 const char *admin_password)
{
	AUTO_FREE char *folder = secret_path(b, site, ""), *db = secret_path(b, site, "db_password"),
		       *key = secret_path(b, site, "encryption_key");
	AUTO_FREE char *admin = secret_path(b, site, "admin_password"),
		       *copy = secret_path(b, site, "site_config.json");
	const char *encryption = json_string_value(json_object_get(config, "encryption_key"));

	folder[strlen(folder) - 1] = '\0';
	TRY(durable_folder(folder, 0700, &durable_root));
	TRY(secret_write(db, json_string_value(json_object_get(config, "db_password"))));
	if (encryption)
		TRY(secret_write(key, encryption));
	if (admin_password)
		TRY(secret_write(admin, admin_password));
	return durable_json(copy, (json_t *)config, 0600, &durable_root, NULL);
}

static struct err *migrate_new(const struct bench *b, const char *site, const char *database,
			       const char *password, const char *key)
{
	const struct placeholders_word words[] = {
		{ "site", site },	   { "db_name", database },
		{ "db_user", database },   { "db_password", password },
		{ "encryption_key", key }, { "admin_password", "" },
	};
	AUTO_FREE char *db = mem_printf("MKBENCH_DB_PASSWORD=%s", password);
	const char *const more[] = { db, NULL };

	for (size_t i = 0; i < b->migrate.count; i++)
		TRY(command_run(b, &b->migrate.items[i], &b->user, words, COUNT(words), more));
	return NULL;
}

struct err *backup_site_new(const struct bench *b, const char *site, const struct site_source *from,
			    const char *admin_password, bool migrate, const char *const *apps)
{
	AUTO_FREE char *folder = mem_printf("%s/sites/%s", b->data, site), *database = new_database(),
		       *password = secret_make(SECRET_WORD);
	static const char *const none[] = { NULL };
	const struct bench_site row = { .name = site, .apps = apps, .hosts = none };
	json_t *config = NULL;
	struct stat st;

	if (!lstat(folder, &st))
		return err_new(ERR_SYSTEM, "%s is there already: choose another name, or move it away",
			       folder);
	TRY(backup_sweep_begin(b, database, site, true));
	struct err *e = configure(b, from, database, password, &config);
	if (!e)
		e = import(b, from, database, config);
	if (!e)
		e = write_secrets(b, site, config, admin_password);
	if (!e)
		e = durable_folder(from->folder, 0755, &b->user);
	if (!e)
		e = durable_sync_all(b->data);
	crash_at("restore", "before");
	if (!e && rename(from->folder, folder) < 0)
		e = err_errno(errno, "%s", folder);
	crash_at("restore", "mid");
	const char *key = json_string_value(json_object_get(config, "encryption_key"));
	if (!e && migrate)
		e = migrate_new(b, site, database, password, key ? key : "");
	if (!e)
		e = durable_sync_all(b->data);
	if (!e)
		e = site_registry_add(b, &row);
	err_free(e ? backup_sweep_site(b, database, site) : backup_sweep_end(b, database));
	json_decref(config);
	return e;
}
