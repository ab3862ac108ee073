/* SPDX-License-Identifier: MIT */
#include "backup/backup_sweep.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

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

struct err *backup_sweep_begin(const struct bench *b, const char *database, const char *site)
{
	json_t *all;

	TRY(read_begun(b, &all));
	json_object_set_new(all, database, json_string(site ? site : ""));
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

static struct err *drop(const struct bench *b, const char *database, bool with_account)
{
	AUTO_SQL struct sql *root = NULL;
	AUTO_FREE char *schema = sql_backquoted(database);

	TRY(sql_open(b->sql_socket, "root", NULL, NULL, 600, &root));
	TRY(sql_run(root, "DROP DATABASE IF EXISTS %s", schema));
	return with_account ? sql_run(root, "DROP USER IF EXISTS %s@localhost, %s@'127.0.0.1'", schema, schema) : NULL;
}

struct err *backup_sweep_site(const struct bench *b, const char *database, const char *site)
{
	AUTO_FREE char *folder = mem_printf("%s/sites/%s", b->data, site), *secrets = mem_printf("%s/secrets/%s", b->data, site);

	TRY(drop(b, database, true));
	TRY(file_remove_tree(folder));
	TRY(file_remove_tree(secrets));
	return backup_sweep_end(b, database);
}

static struct err *sweep_one(const struct bench *b, const char *database, const char *site)
{
	if (*site ? bench_site(b, site) != NULL : is_used(b, database))
		return backup_sweep_end(b, database);
	log_line("a restore or an import did not finish: its database %s is removed", database);
	if (*site)
		return backup_sweep_site(b, database, site);
	TRY(drop(b, database, false));
	return backup_sweep_end(b, database);
}

struct err *backup_sweep(const struct bench *b)
{
	AUTO_FREE char *staged = bench_in_data(b, "/.importing");
	json_t *all, *site;
	const char *database;
	struct err *e = read_begun(b, &all);

	if (e)
		return e;
	json_object_foreach(all, database, site)
		if (!e)
			e = sweep_one(b, database, json_string_value(site));
	json_decref(all);
	return e ? e : file_remove_tree(staged);
}
