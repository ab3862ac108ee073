/* SPDX-License-Identifier: MIT */
#include "backup/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "backup/backup_record.h"
#include "backup/backup_set.h"
#include "backup/backup_sweep.h"
#include "backup/scratch.h"
#include "backup/view.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/crash.h"
#include "lib/durable.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "provision/volume.h"

/* restic's tag of backups that were restored once: only these are listed or count as the latest */
#define GOOD "mkbench"
#define UNTRIED "mkbench-untried"
#define ROOM_LEAST (256u << 20) /* for a fresh MariaDB and for what the bench writes meanwhile */

struct err *backup_lock(const struct bench *b, int *ret_fd)
{
	AUTO_FREE char *folder = bench_in_data(b, BACKUP_OURS), *path = bench_in_data(b, BACKUP_OURS "/lock");

	TRY(durable_folder(folder, 0700, &durable_root));
	*ret_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*ret_fd < 0)
		return err_errno(errno, "%s", path);
	if (flock(*ret_fd, LOCK_EX | LOCK_NB) < 0)
		return err_new(ERR_SYSTEM, "another backup or restore runs here: try again when it is over");
	return NULL;
}

bool backup_is_busy(const struct bench *b)
{
	AUTO_FREE char *path = bench_in_data(b, BACKUP_OURS "/lock");
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;
}

struct err *backup_check_id(const char *id, bool latest)
{
	size_t len = strspn(id, "0123456789abcdef");

	if ((latest && !strcmp(id, "latest")) || (!id[len] && len >= 8 && len <= 64))
		return NULL;
	return err_new(ERR_USAGE,
		       "'%s' names no backup: give 8 digits or more, as benchctl backups shows them%s", id,
		       latest ? ", or latest" : "");
}

struct err *backup_room(const struct bench *b, uint64_t bytes, const char *what)
{
	struct statvfs fs;
	char have[16], want[16];

	if (statvfs(b->data, &fs) < 0)
		return err_errno(errno, "%s", b->data);
	uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (room >= bytes + ROOM_LEAST)
		return NULL;
	return err_new(ERR_SYSTEM, "%s has %s free, and %s takes %s: make room, and try again", b->data,
		       text_size((double)room, have), what, text_size((double)(bytes + ROOM_LEAST), want));
}

static uint64_t dumped(const json_t *manifest)
{
	uint64_t bytes = 0;
	const char *site;
	json_t *row;

	json_object_foreach(json_object_get(manifest, "sites"), site, row) bytes +=
		(uint64_t)json_integer_value(json_object_get(row, "bytes"));
	return bytes;
}

static struct err *open_repository(const struct bench *b, struct repository *r)
{
	json_t *last = NULL;

	TRY(backup_record_read(b, &last));
	struct err *e =
		repository_open(b, json_object_get(last, "id") ? REPOSITORY_USED : REPOSITORY_WRITE, r);
	json_decref(last);
	return e;
}

/* Reads the backup's short id from the summary: the last line of restic's JSON output. The caller frees it.
 */
static struct err *read_id(const char *output, char **ret)
{
	json_t *summary = NULL;

	for (const char *line = output; *line;
	     line += strcspn(line, "\n") + (line[strcspn(line, "\n")] == '\n')) {
		json_decref(summary);
		summary = json_loadb(line, strcspn(line, "\n"), 0, NULL);
	}
	const char *id = json_string_value(json_object_get(summary, "snapshot_id"));
	if (id)
		*ret = mem_ndup(id, strlen(id) > 8 ? 8 : strlen(id));
	json_decref(summary);
	return id ? NULL : err_new(ERR_SYSTEM, "restic made a backup and did not say which");
}

/* restic's host name is the volume's id, because each container has another host name. */
static char *host_word(const struct bench *b)
{
	AUTO_FREE char *id = volume_id(b);

	return mem_printf("--host=%s", id ? id : "none");
}

/* A new hard link changes a file's ctime. So restic compares size and mtime alone (--ignore-ctime). */
static struct err *keep_set(const struct repository *r, char **ret_id)
{
	AUTO_FREE char *host = host_word(r->bench), *view = NULL, *output = NULL;
	const char *const words[] = {
		"backup",
		"--json",
		"--quiet",
		"--ignore-ctime",
		"--tag=" UNTRIED,
		host,
		"--exclude=sites/*/locks",
		"--exclude=sites/*/logs",
		"--exclude=secrets/backup_*",
		&BACKUP_SET[1],
		"sites",
		"secrets",
		NULL,
	};

	TRY(view_make(r->bench, &view));
	TRY(repository_run(r, view, words, &output));
	TRY(view_remove(r->bench));
	return read_id(output, ret_id);
}

struct err *backup_fetch(const struct repository *r, const char *id, const char *const *paths,
			 const char *folder)
{
	AUTO_FREE char *target = mem_printf("--target=%s", folder);
	struct {
		const char **items;
		size_t count, room;
	} words = { 0 };

	TRY(file_remove_tree(folder));
	TRY(durable_folder(folder, 0700, &durable_root));
	VEC_PUSH(&words, "restore");
	VEC_PUSH(&words, id);
	VEC_PUSH(&words, "--tag=" GOOD); /* "latest" means the latest of these */
	VEC_PUSH(&words, target);
	for (; paths && *paths; paths++) {
		VEC_PUSH(&words, "--include");
		VEC_PUSH(&words, *paths);
	}
	VEC_PUSH(&words, NULL);
	struct err *e = repository_run(r, r->bench->data, words.items, NULL);
	free(words.items);
	return e;
}

static struct err *try_sites(const struct bench *b, const struct scratch *s, const char *set,
			     const json_t *sites)
{
	AUTO_FREE char *password = secret_make(SECRET_WORD);
	const char *site;
	json_t *row;

	json_object_foreach((json_t *)sites, site, row)
		TRY(backup_set_import(b, set, site, row, s->socket, password));
	return NULL;
}

/* Reads everything back from the repository: files are compared with restic's digests and not written to
 * disk, databases are loaded into a scratch server. */
static struct err *verify(const struct repository *r, const char *id, uint64_t bytes)
{
	static const char *const paths[] = { BACKUP_SET, NULL };
	const struct bench *b = r->bench;
	AUTO_FREE char *folder = bench_in_data(b, BACKUP_OURS "/restored"),
		       *set = mem_printf("%s" BACKUP_SET, folder);
	struct scratch s = { 0 };
	json_t *manifest = NULL;
	struct err *e = backup_room(b, bytes * 3, "to try it by restoring it");

	if (!e)
		e = repository_read_through(r, id, "/sites");
	if (!e)
		e = repository_read_through(r, id, "/secrets");
	if (!e)
		e = backup_fetch(r, id, paths, folder);
	if (!e)
		e = backup_set_read(folder, &manifest);
	if (!e)
		e = scratch_start(b, NULL, &s);
	if (!e)
		e = try_sites(b, &s, set, json_object_get(manifest, "sites"));
	scratch_end(&s);
	json_decref(manifest);
	err_free(file_remove_tree(folder));
	return e ? err_wrap(e, "backup %s was made, and counts as none: it could not be restored", id) : NULL;
}

/* Lists restic's snapshots with that tag; host NULL: of every volume. */
static struct err *list(const struct repository *r, const char *tag, const char *host, json_t **ret)
{
	const char *const words[] = { "snapshots", "--json", tag, host, NULL };
	AUTO_FREE char *output = NULL;

	TRY(repository_run(r, NULL, words, &output));
	*ret = json_loads(output, 0, NULL);
	if (json_is_array(*ret))
		return NULL;
	json_decref(*ret);
	*ret = NULL;
	return !strncmp(output, "null", 4) ? (*ret = json_array(), NULL) :
					     err_new(ERR_SYSTEM, "restic has listed no backups");
}

/* Forgets old backups of this volume alone: a repository may hold several volumes' backups. */
static struct err *forget(const struct repository *r)
{
	const struct bench *b = r->bench;
	AUTO_FREE char *host = host_word(b);
	AUTO_FREE char *hourly = mem_printf("--keep-hourly=%u", b->backup_hourly),
		       *daily = mem_printf("--keep-daily=%u", b->backup_daily);
	AUTO_FREE char *weekly = mem_printf("--keep-weekly=%u", b->backup_weekly),
		       *monthly = mem_printf("--keep-monthly=%u", b->backup_monthly);
	/* clang-format off */
	const char *const words[] = {
		"forget", "--quiet", "--prune", "--tag=" GOOD, host, "--group-by=host", "--keep-last=1",
		hourly, daily, weekly, monthly, NULL,
	};
	/* clang-format on */

	if (!b->backup_hourly && !b->backup_daily && !b->backup_weekly && !b->backup_monthly)
		return NULL;
	return repository_run(r, NULL, words, NULL);
}

/* Forgets backups that were kept and never restored, because the trial failed or was killed. */
static struct err *forget_untried(const struct repository *r)
{
	struct {
		const char **items;
		size_t count, room;
	} words = { 0 };
	AUTO_FREE char *host = host_word(r->bench);
	json_t *all = NULL, *row;
	size_t i;

	TRY(list(r, "--tag=" UNTRIED, host, &all));
	VEC_PUSH(&words, "forget");
	VEC_PUSH(&words, "--quiet");
	json_array_foreach(all, i, row) if (json_string_value(json_object_get(row, "id")))
		VEC_PUSH(&words, json_string_value(json_object_get(row, "id")));
	VEC_PUSH(&words, NULL);
	struct err *e = words.count > 3 ? repository_run(r, NULL, words.items, NULL) : NULL;
	free(words.items);
	json_decref(all);
	return e;
}

/* Marks the backup as good. restic gives it another id by that. */
static struct err *count_it(const struct repository *r, char **id)
{
	const char *const words[] = { "tag", "--quiet", "--set=" GOOD, *id, NULL };
	json_t *all = NULL, *row;
	char *now = NULL;
	size_t i;

	TRY(repository_run(r, NULL, words, NULL));
	TRY(list(r, "--tag=" GOOD, NULL, &all));
	json_array_foreach(all, i, row)
	{
		const char *original = json_string_value(json_object_get(row, "original")),
			   *short_id = json_string_value(json_object_get(row, "short_id"));
		if (original && short_id && text_starts(original, *id))
			now = mem_dup(short_id);
	}
	json_decref(all);
	if (!now)
		return err_new(ERR_SYSTEM, "backup %s was restored, and restic does not list it any more",
			       *id);
	free(*id);
	*id = now;
	return NULL;
}

static struct err *make(const struct bench *b, char **ret_id, int64_t *ret_trial_ms)
{
	static const char *const unlock[] = { "unlock", NULL };
	AUTO_REPOSITORY struct repository r = { 0 };
	AUTO_FREE char *id = NULL;
	json_t *manifest = NULL;

	TRY(open_repository(b, &r));
	TRY(repository_run(&r, NULL, unlock, NULL)); /* stale locks alone */
	TRY(forget_untried(&r));
	TRY(backup_set_make(b, &manifest));
	uint64_t bytes = dumped(manifest);
	json_decref(manifest);
	crash_at("backup", "before");
	TRY(keep_set(&r, &id));
	crash_at("backup", "mid");
	int64_t begun = clock_ms();
	TRY(verify(&r, id, bytes));
	*ret_trial_ms = clock_ms() - begun;
	TRY(count_it(&r, &id));
	crash_at("backup", "commit");
	TRY(backup_record_good(b, id));
	struct err *e = forget(&r);
	if (e)
		log_err(e,
			"warning: backup %s is good, and older ones that are not to be kept are still there",
			id);
	*ret_id = TAKE(id);
	return NULL;
}

struct err *backup_make(const struct bench *b, char **ret_id, struct backup_times *ret_times)
{
	int64_t begun = clock_ms();
	AUTO_FREE char *set = bench_in_data(b, BACKUP_SET);
	AUTO_CLOSE int held = -1;

	TRY(backup_lock(b, &held));
	TRY(backup_sweep(b));
	struct err *e = make(b, ret_id, &ret_times->trial_ms);
	err_free(file_remove_tree(set)); /* it is in the repository by now, or useless */
	ret_times->all_ms = clock_ms() - begun;
	if (e)
		err_free(view_remove(b));
	if (!e)
		return NULL;
	AUTO_FREE char *why = err_text(e);
	if (err_kind(e) != ERR_USAGE)
		backup_record_failed(b, why);
	return e;
}

struct err *backup_list(const struct bench *b, json_t **ret)
{
	AUTO_REPOSITORY struct repository r = { 0 };
	json_t *all = NULL, *row;
	size_t i;

	TRY(open_repository(b, &r));
	TRY(list(&r, "--tag=" GOOD, NULL, &all));
	*ret = json_array();
	json_array_foreach(all, i, row) json_array_append_new(
		*ret, json_pack("{s:O*, s:O*, s:O*, s:b}", "id", json_object_get(row, "short_id"), "at",
				json_object_get(row, "time"), "volume", json_object_get(row, "hostname"),
				"verified", 1));
	json_decref(all);
	return NULL;
}
