/* SPDX-License-Identifier: MIT */
#include "rehearsal/rehearsal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "backup/dump.h"
#include "provision/import.h"
#include "backup/scratch.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/durable.h"
#include "lib/sql.h"
#include "provision/ledger.h"
#include "provision/site_account.h"
#include "provision/volume.h"
#include "upgrade/copy.h"
#include "upgrade/release.h"
#include "upgrade/upgrade_rehearsal.h"

#define DUMP "/usr/bin/mariadb-dump"
#define PLACE BENCH_OWN "/rehearsal"

/* Room for the copy, for the dumps that it is made from, and for the copy that the upgrade on it makes:
 * about three times the databases and twice the files. */
static struct err *check_room(const struct bench *b)
{
	AUTO_FREE char *sites = bench_in_data(b, "/sites");
	uint64_t needs = copy_size(b->sql_data) * 3 + copy_size(sites) * 2 + (64u << 20);
	char have[16], want[16];
	struct statvfs fs;

	if (statvfs(b->data, &fs) < 0)
		return err_errno(errno, "%s", b->data);
	uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (room >= needs)
		return NULL;
	return err_new(ERR_SYSTEM,
		       "a rehearsal is made on a copy: %s has %s free and needs %s; make room, or give a "
		       "larger volume",
		       b->data, text_size((double)room, have), text_size((double)needs, want));
}

static struct err *copy_files(const struct bench *b, const char *staging)
{
	static const char *const items[] = {
		"sites",
		"secrets",
		".mkbench/committed.json",
		".mkbench/format.json",
		".mkbench/ledger",
		".mkbench/sites.json",
		".mkbench/common_site_config.image.json",
		".mkbench/common_site_config.copy.json",
	};

	for (size_t i = 0; i < COUNT(items); i++) {
		AUTO_FREE char *from = mem_printf("%s/%s", b->data, items[i]),
			       *to = mem_printf("%s/%s", staging, items[i]);
		AUTO_TEXT struct text list = { 0 };
		if (!access(from, F_OK))
			TRY(copy_tree(from, to, items[i], &list));
	}
	return NULL;
}

/* Copies a site's database with its account from the serving server into our scratch server. */
static struct err *copy_database(const struct bench *b, const char *site, const struct scratch *s,
				 const char *dump)
{
	AUTO_FREE char *shown = mem_printf("%s/sites/%s/site_config.json", b->data, site);
	AUTO_SQL struct sql *root = NULL;
	json_t *config = NULL, *made = NULL;

	TRY(site_account_config(b, site, &config));
	const char *name = json_string_value(json_object_get(config, "db_name")),
		   *user = json_string_value(json_object_get(config, "db_user"));
	const char *password = json_string_value(json_object_get(config, "db_password"));
	struct err *e =
		name && password ? NULL : err_new(ERR_SYSTEM, "%s names no database and password", shown);
	if (!e)
		e = site_account_check(shown, name, user ? user : name);
	if (!e)
		e = dump_site(b, name, dump, &made);
	if (!e)
		e = import_dump(&(struct import){ .socket = s->socket,
						  .schema = name,
						  .dump = dump,
						  .tables = json_object_get(made, "tables") });
	if (!e)
		e = sql_open(s->socket, "root", NULL, NULL, 60, &root);
	if (!e)
		e = site_account_make(root, name, user ? user : name, password);
	json_decref(made);
	json_decref(config);
	return e;
}

static struct err *copy_databases(const struct bench *b, const char *staging)
{
	AUTO_FREE char *dump = mem_printf("%s/dump", staging), *to = mem_printf("%s/mariadb", staging);
	AUTO_FREE char *listed = mem_printf("%s" BENCH_OWN "/ledger", staging);
	struct scratch s = { 0 };
	struct ledger *l = NULL;
	struct err *e = ledger_open(listed, &l);

	if (!e)
		e = scratch_start(b, NULL, &s);
	for (size_t i = 0; !e && i < b->sites.count; i++)
		if (release_is_made(l, b->sites.items[i].name))
			e = copy_database(b, b->sites.items[i].name, &s, dump);
	if (l)
		ledger_close(l);
	if (!e)
		e = scratch_stop(&s);
	unlink(dump);
	if (!e && rename(s.data, to) < 0)
		e = err_errno(errno, "%s", to);
	scratch_end(&s);
	return e;
}

/* Marks the copy as stopped in order, and as a copy that nothing mistakes for the real volume. */
static struct err *mark(const struct bench *b, const char *staging)
{
	AUTO_FREE char *clean = mem_printf("%s" BENCH_OWN "/clean", staging),
		       *marker = mem_printf("%s" UPGRADE_REHEARSAL_MARK, staging);
	AUTO_FREE char *id = volume_id(b);
	json_t *all = json_pack("{s:s*, s:I}", "of", id, "at", (json_int_t)time(NULL));
	struct err *e = durable_json(marker, all, 0600, &durable_root, NULL);

	json_decref(all);
	return e ? e : durable_write(clean, "{}", 2, 0644, &durable_root);
}

static struct err *fill(const struct bench *b, const char *staging)
{
	AUTO_FREE char *own = mem_printf("%s" BENCH_OWN, staging);

	TRY(durable_folder(staging, 0755, &durable_root));
	TRY(durable_folder(own, 0700, &durable_root));
	TRY(copy_files(b, staging));
	TRY(copy_databases(b, staging));
	return mark(b, staging);
}

/* A backup uses the same scratch server, so it uses the same lock. Closing the descriptor releases it. */
static struct err *lock(const struct bench *b, int *ret_fd)
{
	AUTO_FREE char *folder = bench_in_data(b, BENCH_OWN "/backup"),
		       *path = bench_in_data(b, BENCH_OWN "/backup/lock");

	TRY(durable_folder(folder, 0700, &durable_root));
	*ret_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*ret_fd < 0)
		return err_errno(errno, "%s", path);
	if (flock(*ret_fd, LOCK_EX | LOCK_NB) < 0)
		return err_new(
			ERR_SYSTEM,
			"a backup, a restore or another rehearsal is going on: try again when it is over");
	return NULL;
}

struct err *rehearsal_make(const struct bench *b, char **ret)
{
	AUTO_FREE char *staging = bench_in_data(b, PLACE ".new"), *place = bench_in_data(b, PLACE);

	AUTO_CLOSE int held = -1;

	if (access(DUMP, X_OK) < 0)
		return err_new(ERR_SYSTEM, "this image has no " DUMP
					   ", which copies databases while people work: give the recipe "
					   "base: { packages: [mariadb-client] }");
	TRY(lock(b, &held));
	TRY(rehearsal_drop(b));
	TRY(check_room(b));
	struct err *e = fill(b, staging);
	if (!e)
		e = durable_sync_all(b->data);
	if (!e && rename(staging, place) < 0)
		e = err_errno(errno, "%s", place);
	if (e) {
		err_free(file_remove_tree(staging));
		return e;
	}
	*ret = TAKE(place);
	return NULL;
}

struct err *rehearsal_drop(const struct bench *b)
{
	AUTO_FREE char *staging = bench_in_data(b, PLACE ".new"), *place = bench_in_data(b, PLACE);

	TRY(file_remove_tree(staging));
	return file_remove_tree(place);
}
