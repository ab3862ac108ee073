/* SPDX-License-Identifier: MIT */
#include "backup/backup_sweep.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "backup/backup_set.h"
#include "base/file.h"
#include "base/mem.h"
#include "lib/durable.h"
#include "lib/log.h"
#include "lib/sql.h"
#include "provision/site_account.h"

static struct err *read_begun(const struct bench *b, json_t **ret)
{
	AUTO_FREE char *path = bench_in_data(b, BACKUP_OURS "/begun.json");
	bool damaged;

	TRY(durable_read_json(path, ret, &damaged));
	*ret = *ret ? *ret : json_object();
	return NULL;
}

static struct err *put_begun(const struct bench *b, json_t *all)
{
	AUTO_FREE char *path = bench_in_data(b, BACKUP_OURS "/begun.json");
	struct err *e = durable_json(path, all, 0600, &durable_root, NULL);

	json_decref(all);
	return e;
}

struct err *backup_sweep_begin(const struct bench *b, const char *database, const char *site, bool is_new)
{
	json_t *all;

	TRY(read_begun(b, &all));
	json_object_set_new(all, database, json_pack("{s:s, s:b}", "site", site, "new", (int)is_new));
	return put_begun(b, all);
}

struct err *backup_sweep_end(const struct bench *b, const char *database)
{
	json_t *all;

	TRY(read_begun(b, &all));
	json_object_del(all, database);
	return put_begun(b, all);
}

static bool is_used(const struct bench *b, const char *database)
{
	bool used = false;

	for (size_t i = 0; i < b->sites.count && !used; i++) {
		json_t *config = NULL;
		err_free(site_account_config(b, b->sites.items[i].name, &config));
		const char *name = json_string_value(json_object_get(config, "db_name"));
		used = name && !strcmp(name, database);
		json_decref(config);
	}
	return used;
}

/* Drops a database and the account of the same name. */
static struct err *drop(const struct bench *b, const char *database)
{
	AUTO_SQL struct sql *root = NULL;
	AUTO_FREE char *schema = sql_backquoted(database);

	TRY(sql_open(b->sql_socket, "root", NULL, NULL, 600, &root));
	TRY(sql_run(root, "DROP DATABASE IF EXISTS %s", schema));
	return site_account_drop(root, database);
}

struct err *backup_sweep_site(const struct bench *b, const char *database, const char *site)
{
	AUTO_FREE char *folder = mem_printf("%s/sites/%s", b->data, site),
		       *secrets = mem_printf("%s/secrets/%s", b->data, site);

	TRY(drop(b, database));
	TRY(file_remove_tree(folder));
	TRY(file_remove_tree(secrets));
	return backup_sweep_end(b, database);
}

char *backup_sweep_place(const struct bench *b, const char *site)
{
	return mem_printf("%s" BENCH_OWN "/replaced/%s-%lld", b->data, site, (long long)time(NULL));
}

/* If it was killed right after the exchange, the former folder lies where the new one was built. */
static struct err *keep_before(const struct bench *b, const char *database, const char *site)
{
	AUTO_FREE char *was = mem_printf("%s" BACKUP_OURS "/restored/sites/%s", b->data, site),
		       *kept = backup_sweep_place(b, site);

	if (!access(was, F_OK) && rename(was, kept) < 0)
		return err_errno(errno, "%s", kept);
	return backup_sweep_end(b, database);
}

static struct err *sweep_one(const struct bench *b, const char *database, const char *site, bool is_new)
{
	if (is_new && bench_site(b, site))
		return backup_sweep_end(b, database);
	if (!is_new && is_used(b, database))
		return keep_before(b, database, site);
	log_line("a restore or an import of site %s did not finish: its database %s is removed", site,
		 database);
	if (is_new)
		return backup_sweep_site(b, database, site);
	TRY(drop(b, database));
	return backup_sweep_end(b, database);
}

struct err *backup_sweep(const struct bench *b)
{
	AUTO_FREE char *staged = bench_in_data(b, "/.importing");
	json_t *all, *row;
	const char *database;
	struct err *e = read_begun(b, &all);

	if (e)
		return e;
	json_object_foreach(all, database, row) if (!e) e =
		sweep_one(b, database, json_string_value(json_object_get(row, "site")),
			  json_is_true(json_object_get(row, "new")));
	json_decref(all);
	return e ? e : file_remove_tree(staged);
}
