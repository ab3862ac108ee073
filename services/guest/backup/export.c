/* SPDX-License-Identifier: MIT */
#include "backup/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "backup/backup.h"
#include "backup/backup_set.h"
#include "backup/dump.h"
#include "backup/pour.h"
#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/command.h"
#include "lib/durable.h"
#include "provision/site_account.h"
#include "upgrade/release.h"

struct writing {
	const struct bench *b;
	const char *site;
	const struct account *as; /* the account that writes there */
	char *stem;		  /* FOLDER/YYYYMMDD_HHMMSS-SITE */
	json_t *paths;
};

static struct err *pour(struct child *c, int fd)
{
	AUTO_FREE char *errors = NULL;
	int status = 0;

	TRY(pour_child(c, fd, "the export", &errors, &status));
	return status ? err_new(ERR_SYSTEM, "%s ended with status %d: %.200s", c->argv[0], status,
				errors ? errors : "") :
			NULL;
}

/* Creates a file of the export with the rights of the folder's owner. */
static struct err *create(struct writing *w, const char *what, int *ret_fd)
{
	AUTO_FREE char *path = mem_printf("%s-%s", w->stem, what);

	durable_as(w->as);
	*ret_fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int code = errno;
	durable_as_root();
	if (*ret_fd < 0)
		return err_errno(code, "%s", path);
	json_array_append_new(w->paths, json_string(path));
	return NULL;
}

/* The header that the framework's own dumps have: a section for each app, the framework's app first. */
static char *header(const struct writing *w)
{
	json_t *committed = NULL, *apps, *row;
	struct text t = { 0 };
	const char *first = w->b->apps.count ? w->b->apps.items[0].name : w->b->framework, *app;

	err_free(release_read(w->b, &committed));
	apps = json_object_get(json_object_get(json_object_get(committed, "sites"), w->site), "apps");
	text_printf(&t, "-- begin %s metadata\n", first);
	for (size_t i = 0; i < w->b->apps.count; i++) {
		app = w->b->apps.items[i].name;
		row = json_object_get(apps, app);
		const char *version = json_string_value(json_object_get(row, "version"));
		if (row)
			text_printf(&t, "-- [%s]\n-- version = %s\n%s", app, version ? version : "",
				    i ? "" : "-- is_partial = False\n");
	}
	text_printf(&t, "-- end %s metadata\n", first);
	json_decref(committed);
	return text_take(&t);
}

static struct err *pour_dump(const struct writing *w, const char *dump, int fd)
{
	static const char *const argv[] = { "/bin/gzip", "-c", NULL };
	AUTO_FREE char *head = header(w);
	struct child first = { .argv = argv, .input = head, .input_len = strlen(head) };
	AUTO_CLOSE int in = open(dump, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (in < 0)
		return err_errno(errno, "%s", dump);
	struct child rest = { .argv = argv, .input_fd = in, .goes_on = command_works };
	TRY(pour(&first, fd));
	return pour(&rest, fd);
}

static struct err *write_database(struct writing *w, const json_t *config)
{
	AUTO_FREE char *dump = bench_in_data(w->b, BACKUP_OURS "/export.sql");
	const char *name = json_string_value(json_object_get(config, "db_name")),
		   *user = json_string_value(json_object_get(config, "db_user"));
	AUTO_CLOSE int fd = -1;
	json_t *made = NULL;

	TRY(site_account_check(w->site, name ? name : "", user ? user : name ? name : ""));
	struct err *e = dump_site(w->b, name, dump, &made);
	json_decref(made);
	if (!e)
		e = create(w, "database.sql.gz", &fd);
	if (!e)
		e = pour_dump(w, dump, fd);
	unlink(dump);
	if (!e && fsync(fd) < 0)
		e = err_errno(errno, "%s", w->stem);
	return e;
}

static struct err *write_files(struct writing *w, const char *what, const char *below)
{
	AUTO_FREE char *sites = bench_in_data(w->b, "/sites"), *files = mem_printf("./%s/%s", w->site, below);
	const char *const argv[] = {
		"/bin/tar", "-cf", "-", "--warning=no-file-changed", "--warning=no-file-removed", files, NULL
	};
	struct child c = {
		.argv = argv, .cwd = sites, .as_user = true, .uid = w->b->user.uid, .gid = w->b->user.gid
	};
	AUTO_CLOSE int fd = -1;

	TRY(create(w, what, &fd));
	TRY(pour(&c, fd));
	return fsync(fd) < 0 ? err_errno(errno, "%s", w->stem) : NULL;
}

static struct err *write_config(struct writing *w, const json_t *config)
{
	AUTO_FREE char *text = json_dumps(config, JSON_INDENT(1) | JSON_SORT_KEYS);
	AUTO_CLOSE int fd = -1;

	if (!text)
		mem_exhausted();
	TRY(create(w, "site_config_backup.json", &fd));
	TRY(file_write_all(fd, text, strlen(text), w->stem));
	return fsync(fd) < 0 ? err_errno(errno, "%s", w->stem) : NULL;
}

static struct err *write_all(struct writing *w, const json_t *config)
{
	TRY(write_database(w, config));
	TRY(write_files(w, "files.tar", "public/files"));
	TRY(write_files(w, "private-files.tar", "private/files"));
	return write_config(w, config);
}

static char *stem_of(const struct bench *b, const char *site, const char *folder)
{
	AUTO_FREE char *own = mem_printf("%s/sites/%s/private/backups", b->data, site), *slug = mem_dup(site);
	time_t now = time(NULL);
	struct tm tm;
	char at[32];

	for (char *c = slug; *c; c++)
		*c = *c == '.' ? '_' : *c;
	strftime(at, sizeof at, "%Y%m%d_%H%M%S", gmtime_r(&now, &tm));
	return mem_printf("%s/%s-%s", folder ? folder : own, at, slug);
}

struct err *export_site(const struct bench *b, const char *site, const char *folder, json_t **ret)
{
	struct writing w = {
		.b = b, .site = site, .as = folder ? &durable_root : &b->user, .paths = json_array()
	};
	AUTO_CLOSE int held = -1;
	json_t *config = NULL, *path;
	size_t i;

	*ret = w.paths;
	TRY(backup_lock(b, &held));
	TRY(site_account_config(b, site, &config));
	w.stem = stem_of(b, site, folder);
	struct err *e = write_all(&w, config);
	if (e) {
		durable_as(w.as);
		json_array_foreach(w.paths, i, path) unlink(json_string_value(path));
		durable_as_root();
	}
	json_decref(config);
	free(w.stem);
	return e;
}
