/* SPDX-License-Identifier: MIT */
#include "backup/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "backup/backup_site.h"
#include "backup/dump.h"
#include "backup/repository.h"
#include "backup/scratch.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/durable.h"

#define OURS BENCH_OWN "/backup"

/* One backup or restore at a time; the lock ends with the descriptor. */
static struct err *lock(const struct bench *b, int *ret_fd)
{
	AUTO_FREE char *folder = bench_in_data(b, OURS), *path = bench_in_data(b, OURS "/lock");

	TRY(durable_folder(folder, 0700, &durable_root));
	*ret_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*ret_fd < 0)
		return err_errno(errno, "%s", path);
	if (flock(*ret_fd, LOCK_EX | LOCK_NB) < 0)
		return err_new(ERR_SYSTEM, "another backup or restore runs here: try again when it is over");
	return NULL;
}

struct err *backup_last(const struct bench *b, json_t **ret)
{
	AUTO_FREE char *path = bench_in_data(b, BENCH_OWN "/backup.json");
	bool damaged;

	return durable_read_json(path, ret, &damaged);
}

static struct err *open_repository(const struct bench *b)
{
	json_t *last = NULL;

	TRY(backup_last(b, &last));
	struct err *e = repository_open(b, last != NULL);
	json_decref(last);
	return e;
}

static struct err *dump_all(const struct bench *b, const char *folder, json_t *sites)
{
	for (size_t i = 0; i < b->sites.count; i++) {
		const char *name = b->sites.items[i].name;
		AUTO_FREE char *path = mem_printf("%s/%s.sql", folder, name), *database = NULL;
		json_t *row = NULL;
		TRY(backup_site_database(b, name, &database));
		TRY(dump_site(b, database, path, &row));
		json_object_set_new(sites, name, row);
	}
	return NULL;
}

/* Staged under another name, then named: "set" is whole. */
static struct err *make_set(const struct bench *b)
{
	AUTO_FREE char *staged = bench_in_data(b, OURS "/set.new"), *set = bench_in_data(b, OURS "/set"), *path = mem_printf("%s/manifest.json", staged);
	json_t *sites = json_object();

	TRY(file_remove_tree(staged));
	TRY(file_remove_tree(set));
	TRY(durable_folder(staged, 0700, &durable_root));
	json_t *manifest = json_pack("{s:i, s:{s:s, s:s, s:s, s:s*}, s:o}", "format", 1, "image", "name", b->name, "version", b->version, "build", b->build,
				     "mariadb", b->sql_version, "sites", sites);
	struct err *e = dump_all(b, staged, sites);
	if (!e)
		e = durable_json(path, manifest, 0600, &durable_root, NULL);
	json_decref(manifest);
	if (!e)
		e = durable_sync_all(staged);
	if (!e && rename(staged, set) < 0)
		e = err_errno(errno, "%s", set);
	return e;
}

/* Of the summary, the last of the lines, which are JSON each; in its short form. The caller's. */
static struct err *read_id(const char *output, char **ret)
{
	json_t *summary = NULL;

	for (const char *line = output; *line; line += strcspn(line, "\n") + (line[strcspn(line, "\n")] == '\n')) {
		json_decref(summary);
		summary = json_loadb(line, strcspn(line, "\n"), 0, NULL);
	}
	const char *id = json_string_value(json_object_get(summary, "snapshot_id"));
	if (id)
		*ret = mem_ndup(id, strlen(id) > 8 ? 8 : strlen(id));
	json_decref(summary);
	return id ? NULL : err_new(ERR_SYSTEM, "restic made a backup and did not say which");
}

static struct err *keep_set(const struct bench *b, char **ret_id)
{
	static const char *const words[] = { "backup", "--json", "--quiet", "--tag=mkbench", "--exclude=sites/*/locks", "--exclude=sites/*/logs",
					     "--exclude=secrets/backup_password*", ".mkbench/backup/set", ".mkbench/ledger", ".mkbench/format.json",
					     "sites", "secrets", NULL };
	AUTO_FREE char *output = NULL;

	TRY(repository_run(b, b->data, words, &output));
	return read_id(output, ret_id);
}

/* Every path of a backup, below a folder that was not there. */
static struct err *fetch(const struct bench *b, const char *id, const char *folder)
{
	AUTO_FREE char *target = mem_printf("--target=%s", folder);
	const char *const words[] = { "restore", id, target, NULL };

	TRY(file_remove_tree(folder));
	TRY(durable_folder(folder, 0700, &durable_root));
	return repository_run(b, b->data, words, NULL);
}

static struct err *read_manifest(const char *set, json_t **ret)
{
	AUTO_FREE char *path = mem_printf("%s/manifest.json", set);
	bool damaged = false;

	TRY(durable_read_json(path, ret, &damaged));
	if (*ret && json_integer_value(json_object_get(*ret, "format")) == 1)
		return NULL;
	json_decref(*ret);
	*ret = NULL;
	return err_new(ERR_SYSTEM, "the backup has no manifest of format 1: it is damaged, or a newer image's");
}

static struct err *try_sites(const struct scratch *s, const char *set, const json_t *sites)
{
	const char *site;
	json_t *row;

	json_object_foreach((json_t *)sites, site, row) {
		AUTO_FREE char *dump = mem_printf("%s/%s.sql", set, site);
		TRY(dump_check(dump, row));
		struct err *e = scratch_import(s->socket, json_string_value(json_object_get(row, "database")), dump, json_object_get(row, "tables"));
		if (e)
			return err_wrap(e, "site %s", site);
	}
	return NULL;
}

/* The whole backup comes back from the repository: files by restic's digests, databases into a server of their own. */
static struct err *verify(const struct bench *b, const char *id)
{
	AUTO_FREE char *folder = bench_in_data(b, OURS "/restored"), *set = mem_printf("%s/.mkbench/backup/set", folder);
	struct scratch s = { 0 };
	json_t *manifest = NULL;
	struct err *e = fetch(b, id, folder);

	if (!e)
		e = read_manifest(set, &manifest);
	if (!e)
		e = scratch_start(b, NULL, &s);
	if (!e)
		e = try_sites(&s, set, json_object_get(manifest, "sites"));
	scratch_end(&s);
	json_decref(manifest);
	err_free(file_remove_tree(folder));
	return e ? err_wrap(e, "backup %s was made, and counts as none: it could not be restored", id) : NULL;
}

static struct err *record(const struct bench *b, const char *id)
{
	AUTO_FREE char *path = bench_in_data(b, BENCH_OWN "/backup.json");
	time_t now = time(NULL);
	json_t *last = NULL;
	struct tm tm;
	char at[32];

	TRY(backup_last(b, &last));
	json_t *verified = json_incref(json_object_get(last, "verified"));
	if (!verified)
		verified = json_object();
	strftime(at, sizeof at, "%FT%TZ", gmtime_r(&now, &tm));
	json_object_set_new(verified, id, json_string(at));
	json_t *is = json_pack("{s:s, s:s, s:I, s:o}", "id", id, "at", at, "at_seconds", (json_int_t)now, "verified", verified);
	struct err *e = durable_json(path, is, 0600, &durable_root, NULL);
	json_decref(is);
	json_decref(last);
	return e;
}

struct err *backup_make(const struct bench *b, char **ret_id)
{
	static const char *const unlock[] = { "unlock", NULL };
	AUTO_CLOSE int held = -1;
	AUTO_FREE char *id = NULL;

	TRY(lock(b, &held));
	TRY(open_repository(b));
	TRY(repository_run(b, NULL, unlock, NULL)); /* only what a killed one has left */
	TRY(make_set(b));
	TRY(keep_set(b, &id));
	TRY(verify(b, id));
	TRY(record(b, id));
	*ret_id = TAKE(id);
	return NULL;
}

struct err *backup_list(const struct bench *b, json_t **ret)
{
	static const char *const words[] = { "snapshots", "--json", "--tag=mkbench", NULL };
	AUTO_FREE char *output = NULL;
	json_t *last = NULL, *row;
	size_t i;

	TRY(open_repository(b));
	TRY(backup_last(b, &last));
	struct err *e = repository_run(b, NULL, words, &output);
	json_t *all = e ? NULL : json_loads(output, 0, NULL);
	*ret = json_array();
	json_array_foreach(all, i, row) {
		const char *id = json_string_value(json_object_get(row, "short_id"));
		if (id)
			json_array_append_new(*ret, json_pack("{s:s, s:O, s:b}", "id", id, "at", json_object_get(row, "time"), "verified",
							      json_object_get(json_object_get(last, "verified"), id) != NULL));
	}
	json_decref(all);
	json_decref(last);
	return e;
}

struct err *backup_restore_site(const struct bench *b, const char *id, const char *site, char **ret_kept)
{
	AUTO_FREE char *folder = bench_in_data(b, OURS "/restored"), *set = mem_printf("%s/.mkbench/backup/set", folder);
	AUTO_CLOSE int held = -1;
	json_t *manifest = NULL;

	TRY(lock(b, &held));
	TRY(open_repository(b));
	struct err *e = fetch(b, id, folder);
	if (!e)
		e = read_manifest(set, &manifest);
	json_t *row = json_object_get(json_object_get(manifest, "sites"), site);
	if (!e && !row)
		e = err_new(ERR_USAGE, "backup %s has no site %s", id, site);
	if (!e)
		e = backup_site_restore(b, site, folder, row, ret_kept);
	json_decref(manifest);
	err_free(file_remove_tree(folder));
	return e;
}
