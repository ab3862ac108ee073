/* SPDX-License-Identifier: MIT */
#include "backup/backup_set.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "backup/dump.h"
#include "base/file.h"
#include "base/mem.h"
#include "contract/host_name.h"
#include "lib/durable.h"
#include "lib/log.h"
#include "provision/import.h"
#include "provision/site_account.h"
#include "provision/volume.h"

#define FORMAT 1
#define RECORD_LIMIT (8u << 20)

/* Our own files that a new volume needs; the rest is made anew. The ledger comes first: each site that it
 * calls made is then in a dump that is made later. */
static const char *const records[] = { "ledger", "committed.json", "sites.json",
				       "common_site_config.image.json", "common_site_config.copy.json" };

static struct err *copy_records(const struct bench *b, const char *set)
{
	AUTO_FREE char *own = mem_printf("%s" BACKUP_OWN, set);

	TRY(durable_folder(own, 0700, &durable_root));
	for (size_t i = 0; i < COUNT(records); i++) {
		AUTO_FREE char *from = mem_printf("%s" BENCH_OWN "/%s", b->data, records[i]),
			       *to = mem_printf("%s/%s", own, records[i]), *bytes = NULL;
		size_t len;
		if (access(from, F_OK) < 0)
			continue;
		TRY(file_read(from, RECORD_LIMIT, &bytes, &len));
		TRY(durable_write(to, bytes, len, 0600, &durable_root));
	}
	return NULL;
}

/* The database and the account that the site's site_config.json names; the caller frees them. */
static struct err *account_of(const struct bench *b, const char *site, char **ret_database, char **ret_user)
{
	json_t *config = NULL;

	TRY(site_account_config(b, site, &config));
	const char *name = json_string_value(json_object_get(config, "db_name")),
		   *user = json_string_value(json_object_get(config, "db_user"));
	user = user ? user : name;
	struct err *e = site_account_check(site, name ? name : "", user ? user : "");
	if (!e) {
		*ret_database = mem_dup(name);
		*ret_user = mem_dup(user);
	}
	json_decref(config);
	return e;
}

/* The bench's user may have written the same database into two configurations. */
static struct err *check_alone(const char *database, const json_t *sites)
{
	const char *other;
	json_t *row;

	json_object_foreach((json_t *)sites, other, row) if (
		!strcmp(json_string_value(json_object_get(row, "database")),
			database)) return err_new(ERR_SYSTEM,
						  "its site_config.json names the database of site %s",
						  other);
	return NULL;
}

static struct err *dump_one(const struct bench *b, const char *set, const char *site, json_t *sites)
{
	AUTO_FREE char *path = backup_set_dump(set, site), *database = NULL, *user = NULL;
	json_t *row = NULL;

	TRY(account_of(b, site, &database, &user));
	TRY(check_alone(database, sites));
	TRY(dump_site(b, database, path, &row));
	json_object_set_new(row, "user", json_string(user));
	json_object_set_new(sites, site, row);
	return NULL;
}

static bool has_config(const struct bench *b, const char *site)
{
	AUTO_FREE char *path = mem_printf("%s/sites/%s/site_config.json", b->data, site);

	return !access(path, F_OK);
}

/* A site that this image does not have, and whose database cannot be read, is kept as files alone. */
static struct err *dump_others(const struct bench *b, const char *set, json_t *sites, json_t *left_out)
{
	AUTO_FREE char *folder = bench_in_data(b, "/sites");
	DIR *dir = opendir(folder);

	if (!dir)
		return err_errno(errno, "%s", folder);
	for (struct dirent *d; (d = readdir(dir));) {
		if (bench_site(b, d->d_name) || !host_name_is_site(d->d_name) || !has_config(b, d->d_name))
			continue;
		struct err *e = dump_one(b, set, d->d_name, sites);
		if (!e)
			continue;
		log_err(e, "warning: %s is no site of this image, and its database is left out", d->d_name);
		json_array_append_new(left_out, json_string(d->d_name));
	}
	closedir(dir);
	return NULL;
}

static struct err *dump_all(const struct bench *b, const char *set, json_t *sites, json_t *left_out)
{
	for (size_t i = 0; i < b->sites.count; i++) {
		const char *name = b->sites.items[i].name;
		if (has_config(b, name)) {
			TRY_AS(dump_one(b, set, name, sites), "site %s", name);
			continue;
		}
		log_line("warning: site %s is not made yet, and not in the backup", name);
		json_array_append_new(left_out, json_string(name));
	}
	return dump_others(b, set, sites, left_out);
}

static struct err *fill(const struct bench *b, const char *set, json_t *manifest)
{
	AUTO_FREE char *path = mem_printf("%s/manifest.json", set);

	TRY(copy_records(b, set));
	TRY(dump_all(b, set, json_object_get(manifest, "sites"), json_object_get(manifest, "left_out")));
	TRY(durable_json(path, manifest, 0600, &durable_root, NULL));
	return durable_sync_all(set);
}

struct err *backup_set_make(const struct bench *b, json_t **ret)
{
	AUTO_FREE char *staged = bench_in_data(b, BACKUP_SET ".new"), *set = bench_in_data(b, BACKUP_SET),
		       *volume = volume_id(b);

	TRY(file_remove_tree(staged));
	TRY(file_remove_tree(set));
	TRY(durable_folder(staged, 0700, &durable_root));
	json_t *manifest = json_pack("{s:i, s:I, s:s*, s:{s:s, s:s, s:s, s:s*}, s:{}, s:[]}", "format",
				     FORMAT, "at_seconds", (json_int_t)time(NULL), "volume", volume, "image",
				     "name", b->name, "version", b->version, "build", b->build, "mariadb",
				     b->sql_version, "sites", "left_out");
	struct err *e = fill(b, staged, manifest);
	if (!e && rename(staged, set) < 0)
		e = err_errno(errno, "%s", set);
	if (e) {
		json_decref(manifest);
		err_free(file_remove_tree(staged));
		return e;
	}
	*ret = manifest;
	return NULL;
}

struct err *backup_set_read(const char *folder, json_t **ret)
{
	AUTO_FREE char *path = mem_printf("%s" BACKUP_SET "/manifest.json", folder);
	bool damaged = false;

	TRY(durable_read_json(path, ret, &damaged));
	if (json_integer_value(json_object_get(*ret, "format")) == FORMAT &&
	    json_is_object(json_object_get(*ret, "sites")))
		return NULL;
	json_decref(*ret);
	*ret = NULL;
	return err_new(ERR_SYSTEM,
		       "the backup has no manifest of format %d: it is damaged, or a newer image's", FORMAT);
}

char *backup_set_dump(const char *folder, const char *site)
{
	return mem_printf("%s/%s.sql", folder, site);
}

struct err *backup_set_import(const struct bench *b, const char *set, const char *site, const json_t *row,
			      const char *socket, const char *password)
{
	AUTO_FREE char *dump = backup_set_dump(set, site);
	const struct import i = {
		.socket = socket,
		.schema = json_string_value(json_object_get(row, "database")),
		.as = &b->user,
		.user = json_string_value(json_object_get(row, "user")),
		.password = password,
		.dump = dump,
		.tables = json_object_get(row, "tables"),
	};

	TRY(dump_check(dump, row));
	TRY_AS(import_dump(&i), "site %s", site);
	return NULL;
}

struct err *backup_set_record(const char *folder, const char *name, json_t **ret)
{
	AUTO_FREE char *path = mem_printf("%s" BACKUP_SET BACKUP_OWN "/%s", folder, name);
	bool damaged = false;

	TRY(durable_read_json(path, ret, &damaged));
	return damaged ? err_new(ERR_SYSTEM, "%s of the backup is damaged", name) : NULL;
}
