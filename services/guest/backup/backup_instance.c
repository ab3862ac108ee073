/* SPDX-License-Identifier: MIT */
#include "backup/backup_instance.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backup/backup.h"
#include "backup/backup_set.h"
#include "backup/scratch.h"
#include "base/file.h"
#include "base/mem.h"
#include "lib/crash.h"
#include "lib/durable.h"
#include "lib/environment.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "provision/report.h"
#include "provision/volume.h"
#include "upgrade/release.h"

#define STAGING BENCH_OWN "/restoring"
#define WHOLE BENCH_OWN "/restored"

struct whole {
	const struct bench *b;
	struct repository repository;
	struct report *report;
	struct scratch scratch;
	char *id, *folder; /* folder: DATA/.mkbench/restoring */
	json_t *manifest;
};

static bool is_there(const struct bench *b, const char *below)
{
	AUTO_FREE char *path = bench_in_data(b, below);

	return !access(path, F_OK);
}

bool backup_instance_is_asked(void)
{
	const char *id = getenv("MKBENCH_RESTORE"), *file = getenv("MKBENCH_RESTORE_FILE");

	return (id && *id) || (file && *file);
}

bool backup_instance_is_due(const struct bench *b)
{
	return is_there(b, WHOLE) || (backup_instance_is_asked() && !is_there(b, BENCH_OWN "/format.json"));
}

static struct err *check_empty(const struct bench *b)
{
	static const char *const places[] = { "/sites", "/secrets", "" };

	for (size_t i = 0; i < COUNT(places); i++) {
		AUTO_FREE char *path = *places[i] ? bench_in_data(b, places[i]) : mem_dup(b->sql_data);
		if (file_folder_holds(path))
			return err_new(ERR_SYSTEM,
				       "a backup is restored on an empty volume, and %s holds something: "
				       "give another one",
				       path);
	}
	return NULL;
}

/* Checked before hours of work: can this image use these data at all? */
static struct err *check_release(const struct whole *w)
{
	json_t *committed = NULL;
	const char *site;
	json_t *row;
	bool same;

	TRY(backup_set_record(w->folder, "committed.json", &committed));
	struct err *e = release_check(w->b, committed);
	json_object_foreach(json_object_get(committed, "sites"), site, row) if (!e && bench_site(w->b, site))
		e = release_check_site(w->b, row, &same);
	json_decref(committed);
	return e ? err_wrap(e, "backup %s cannot be this image's", w->id) : NULL;
}

static struct err *step_look(struct whole *w)
{
	static const char *const paths[] = { BACKUP_SET "/manifest.json", BACKUP_SET BACKUP_OWN, NULL };
	uint64_t bytes = 0;

	TRY(check_empty(w->b));
	TRY(repository_open(w->b, REPOSITORY_READ, &w->repository));
	TRY(backup_fetch(&w->repository, w->id, paths, w->folder));
	TRY(backup_set_read(w->folder, &w->manifest));
	TRY(check_release(w));
	TRY(repository_size(&w->repository, w->id, &bytes));
	return backup_room(w->b, 2 * bytes, "to restore that backup");
}

static struct err *step_fetch(struct whole *w)
{
	json_decref(w->manifest);
	w->manifest = NULL;
	TRY(backup_fetch(&w->repository, w->id, NULL, w->folder));
	return backup_set_read(w->folder, &w->manifest); /* by now another backup may be the latest */
}

static struct err *step_server(struct whole *w)
{
	return scratch_start(w->b, NULL, &w->scratch);
}

/* The account gets the password of its site_config.json, as before; each start sets it again anyway. */
static char *password_of(const struct whole *w, const char *site)
{
	AUTO_FREE char *path = mem_printf("%s/sites/%s/site_config.json", w->folder, site);
	json_t *config = NULL;
	bool damaged;

	err_free(durable_read_json(path, &config, &damaged));
	const char *text = json_string_value(json_object_get(config, "db_password"));
	char *password = text ? mem_dup(text) : secret_make(SECRET_WORD);
	json_decref(config);
	return password;
}

static struct err *step_databases(struct whole *w)
{
	AUTO_FREE char *set = mem_printf("%s" BACKUP_SET, w->folder);
	const char *site;
	json_t *row;

	json_object_foreach(json_object_get(w->manifest, "sites"), site, row)
	{
		AUTO_FREE char *password = password_of(w, site);
		TRY(backup_set_import(w->b, set, site, row, w->scratch.socket, password));
		crash_at("restore", "mid");
	}
	return scratch_stop(&w->scratch);
}

/* From now on the data were last used by this image's server. */
static struct err *adapt_committed(const struct whole *w)
{
	AUTO_FREE char *path = mem_printf("%s" BACKUP_SET BACKUP_OWN "/committed.json", w->folder);
	json_t *committed = NULL, *image = release_of_image(w->b);

	struct err *e = backup_set_record(w->folder, "committed.json", &committed);
	if (!e && committed) {
		if (*release_server(image))
			json_object_set(committed, "mariadb", json_object_get(image, "mariadb"));
		json_object_del(committed, "upgrade"); /* its copy is not in the backup */
		e = durable_json(path, committed, 0600, &durable_root, NULL);
	}
	json_decref(committed);
	json_decref(image);
	return e;
}

/* Syncs everything, then gives it its name. */
static struct err *step_commit(struct whole *w)
{
	AUTO_FREE char *tables = mem_printf("%s/mariadb", w->folder), *whole = bench_in_data(w->b, WHOLE),
		       *own = bench_in_data(w->b, BENCH_OWN);
	AUTO_FREE char *password = mem_printf("%s/secrets/backup_password", w->folder);

	TRY(adapt_committed(w));
	TRY(secret_write(password, w->repository.password));
	if (rename(w->scratch.data, tables) < 0)
		return err_errno(errno, "%s", tables);
	TRY(durable_sync_all(w->b->data));
	crash_at("restore", "commit");
	if (rename(w->folder, whole) < 0)
		return err_errno(errno, "%s", whole);
	return durable_sync_folder(own);
}

/* If from's place is empty, an earlier run has moved it. */
static struct err *move(const char *from, const char *to)
{
	if (access(from, F_OK) < 0)
		return NULL;
	crash_at("restore", "after");
	return rename(from, to) < 0 ? err_errno(errno, "%s", to) : NULL;
}

static struct err *move_records(const struct bench *b)
{
	AUTO_FREE char *own = bench_in_data(b, WHOLE BACKUP_SET BACKUP_OWN);
	DIR *dir = opendir(own);
	struct err *e = NULL;

	for (struct dirent *d; dir && !e && (d = readdir(dir));)
		if (d->d_name[0] != '.') {
			AUTO_FREE char *from = mem_printf("%s/%s", own, d->d_name),
				       *to = mem_printf("%s" BENCH_OWN "/%s", b->data, d->d_name);
			e = move(from, to);
		}
	if (dir)
		closedir(dir);
	return e;
}

static struct err *step_move(struct whole *w)
{
	static const char *const parts[] = { "sites", "secrets" };
	AUTO_FREE char *whole = bench_in_data(w->b, WHOLE), *tables = bench_in_data(w->b, WHOLE "/mariadb");

	TRY(volume_record(w->b)); /* from here on the volume is not empty any more */
	TRY(move_records(w->b));
	for (size_t i = 0; i < COUNT(parts); i++) {
		AUTO_FREE char *from = mem_printf("%s/%s", whole, parts[i]),
			       *to = mem_printf("%s/%s", w->b->data, parts[i]);
		TRY(move(from, to));
	}
	TRY(move(tables, w->b->sql_data));
	TRY(volume_stamp(w->b, false)); /* MariaDB has stopped in order */
	TRY(durable_sync_all(w->b->data));
	return file_remove_tree(whole);
}

static const struct {
	const char *name;
	struct err *(*act)(struct whole *w);
} steps[] = {
	{ "restore-look", step_look },	   { "restore-fetch", step_fetch },
	{ "restore-server", step_server }, { "restore-databases", step_databases },
	{ "restore-commit", step_commit }, { "restore-move", step_move },
};

static struct err *run(struct whole *w, size_t first)
{
	for (size_t i = first; i < COUNT(steps); i++) {
		report_begin(w->report, steps[i].name);
		struct err *e = steps[i].act(w);
		AUTO_FREE char *why = e ? err_text(e) : NULL;
		report_end(w->report, true, why);
		if (e)
			return e;
	}
	return NULL;
}

static struct err *restore(struct whole *w)
{
	AUTO_FREE char *scratch = bench_in_data(w->b, SCRATCH);
	bool whole = is_there(w->b, WHOLE);

	TRY(environment_text("MKBENCH_RESTORE", &w->id));
	if (!whole)
		TRY(backup_check_id(w->id ? w->id : "", true));
	TRY(durable_folder(BENCH_RUN "/progress", 0755, &durable_root));
	w->report = report_new(BENCH_RUN);
	w->folder = bench_in_data(w->b, STAGING);
	size_t first = whole ? COUNT(steps) - 1 : 0;
	for (size_t i = first; i < COUNT(steps); i++)
		report_plan(w->report, steps[i].name);
	struct err *e = run(w, first);
	scratch_end(&w->scratch);
	err_free(file_remove_tree(scratch));
	if (e && !is_there(w->b, WHOLE))
		err_free(file_remove_tree(w->folder));
	return e;
}

int backup_instance_main(int argc, char **argv)
{
	AUTO_BENCH struct bench b = { 0 };
	struct whole w = { .b = &b };
	struct err *e = bench_read(&b);
	int status = 0;

	(void)argc, (void)argv;
	log_as("restore");
	if (!e)
		e = restore(&w);
	if (!e) {
		json_t *image = json_object_get(w.manifest, "image");
		const char *name = json_string_value(json_object_get(image, "name")),
			   *version = json_string_value(json_object_get(image, "version"));
		log_line("the volume holds backup %s now%s%s %s", w.id ? w.id : "", name ? ", of " : "",
			 name ? name : "", version ? version : "");
	} else {
		status = err_kind(e) == ERR_USAGE ? ERR_USAGE : ERR_SYSTEM;
		log_err(e, "the backup is not restored, and the volume is as it was");
	}
	report_free(w.report);
	repository_close(&w.repository);
	json_decref(w.manifest);
	free(w.id);
	free(w.folder);
	return status;
}
