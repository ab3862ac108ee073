/* SPDX-License-Identifier: MIT */
#include "backup/backup_restore.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backup/backup.h"
#include "backup/backup_set.h"
#include "backup/backup_site.h"
#include "backup/backup_sweep.h"
#include "base/file.h"
#include "base/mem.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "upgrade/release.h"

/* A backup, or the parts of it that one site needs, fetched onto this volume. */
struct fetched {
	char *folder;
	json_t *manifest, *sites; /* sites: borrowed from manifest */
	json_t *committed;	  /* the releases that its sites were migrated to; or NULL */
};

static void done(struct fetched *f)
{
	if (f->folder)
		err_free(file_remove_tree(f->folder));
	free(f->folder);
	json_decref(f->manifest);
	json_decref(f->committed);
}

#define AUTO_FETCHED __attribute__((cleanup(done)))

static struct err *check_room(const struct repository *r, const char *id, const char *site)
{
	uint64_t bytes = 0;

	if (site)
		return NULL; /* which files it has is known only once they are fetched */
	TRY(repository_size(r, id, &bytes));
	return backup_room(r->bench, 2 * bytes, "to restore that backup");
}

static struct err *fetch(const struct bench *b, const char *id, const char *site, struct fetched *f)
{
	AUTO_FREE char *dump = site ? mem_printf(BACKUP_SET "/%s.sql", site) : NULL,
		       *files = site ? mem_printf("/sites/%s", site) : NULL;
	AUTO_FREE char *secrets = site ? mem_printf("/secrets/%s", site) : NULL;
	const char *const paths[] = {
		BACKUP_SET "/manifest.json", BACKUP_SET BACKUP_OWN, dump, files, secrets, NULL
	};
	AUTO_REPOSITORY struct repository r = { 0 };

	TRY(backup_check_id(id, true));
	TRY(repository_open(b, REPOSITORY_USED, &r));
	f->folder = bench_in_data(b, BACKUP_OURS "/restored");
	TRY(check_room(&r, id, site));
	TRY(backup_fetch(&r, id, site ? paths : NULL, f->folder));
	TRY(backup_set_read(f->folder, &f->manifest));
	TRY(backup_set_record(f->folder, "committed.json", &f->committed));
	f->sites = json_object_get(f->manifest, "sites");
	if (site && !json_object_get(f->sites, site))
		return err_new(ERR_USAGE, "backup %s has no site %s", id, site);
	return NULL;
}

static struct err *check_release(const struct bench *b, const struct fetched *f, const char *site,
				 bool *ret_same)
{
	json_t *row = json_object_get(json_object_get(f->committed, "sites"), site);

	*ret_same = true;
	return row ? release_check_site(b, row, ret_same) : NULL;
}

static struct err *bring(const struct bench *b, const struct fetched *f, const char *site,
			 struct site_brought *s)
{
	AUTO_FREE char *set = mem_printf("%s" BACKUP_SET, f->folder), *dump = backup_set_dump(set, site);
	AUTO_FREE char *folder = mem_printf("%s/sites/%s", f->folder, site);
	const struct site_source from = { .dump = dump,
					  .made = json_object_get(f->sites, site),
					  .folder = folder };
	bool same;

	TRY(check_release(b, f, site, &same));
	if (!same)
		return err_new(ERR_SYSTEM,
			       "it is of other apps than this image has, and would have to be migrated: "
			       "restore it under another name, --site %s --as NAME, or all of it on an empty "
			       "volume, MKBENCH_RESTORE",
			       site);
	return backup_site_bring(b, site, &from, s);
}

/* The sites of the backup that exist here, or the one that was asked for. */
static struct err *bring_all(const struct bench *b, const struct fetched *f, const char *only,
			     struct site_brought *all, size_t *ret_count)
{
	const char *site;
	json_t *row;

	json_object_foreach(f->sites, site, row)
	{
		if (only && strcmp(site, only))
			continue;
		if (!bench_site(b, site)) {
			log_line("site %s of the backup is none of this bench: left out (--site %s --as NAME "
				 "makes one of it)",
				 site, site);
			continue;
		}
		TRY_AS(bring(b, f, site, &all[(*ret_count)++]), "site %s", site);
	}
	return *ret_count ? NULL : err_new(ERR_USAGE, "the backup has no site of this bench");
}

static struct err *exchange_all(const struct bench *b, struct site_brought *all, size_t count, json_t *kept)
{
	for (size_t i = 0; i < count; i++) {
		TRY_AS(backup_site_exchange(b, &all[i]), "site %s", all[i].site);
		json_object_set_new(kept, all[i].site, json_string(all[i].kept));
	}
	return NULL;
}

struct err *backup_restore(const struct bench *b, const char *id, const char *site, json_t **ret)
{
	AUTO_FETCHED struct fetched f = { 0 };
	AUTO_CLOSE int held = -1;
	size_t count = 0;

	*ret = json_object();
	TRY(backup_lock(b, &held));
	TRY(backup_sweep(b));
	TRY(fetch(b, id, site, &f));
	struct site_brought *all = mem_array(json_object_size(f.sites) + 1, sizeof *all);
	struct err *e = bring_all(b, &f, site, all, &count);
	if (!e)
		e = exchange_all(b, all, count, *ret);
	for (size_t i = 0; i < count; i++)
		backup_site_leave(b, &all[i]);
	free(all);
	return e;
}

static char *admin_password_of(const struct fetched *f, const char *site)
{
	AUTO_FREE char *path = mem_printf("%s/secrets/%s/admin_password", f->folder, site);
	char *value = NULL;

	err_free(secret_read(path, &value));
	return value;
}

/* The apps in the site's row of committed.json. The caller frees the list; the names are borrowed. */
static const char **apps_of(const struct bench *b, const struct fetched *f, const char *site)
{
	json_t *apps = json_object_get(json_object_get(json_object_get(f->committed, "sites"), site), "apps");
	const char **names = mem_array(b->apps.count + 1, sizeof *names);
	size_t count = 0;

	for (size_t i = 0; i < b->apps.count; i++)
		if (json_object_get(apps, b->apps.items[i].name))
			names[count++] = b->apps.items[i].name;
	return names;
}

struct err *backup_restore_as(const struct bench *b, const char *id, const char *site, const char *name)
{
	AUTO_FETCHED struct fetched f = { 0 };
	AUTO_CLOSE int held = -1;
	bool same = true;

	TRY(bench_site_name(name));
	if (bench_site(b, name))
		return err_new(
			ERR_USAGE,
			"there is a site %s already: restore into it without --as, or choose another name",
			name);
	TRY(backup_lock(b, &held));
	TRY(backup_sweep(b));
	TRY(fetch(b, id, site, &f));
	TRY(check_release(b, &f, site, &same));
	AUTO_FREE char *set = mem_printf("%s" BACKUP_SET, f.folder), *dump = backup_set_dump(set, site),
		       *admin = admin_password_of(&f, site);
	AUTO_FREE char *folder = mem_printf("%s/sites/%s", f.folder, site);
	AUTO_FREE const char **apps = apps_of(b, &f, site);
	const struct site_source from = { .dump = dump,
					  .made = json_object_get(f.sites, site),
					  .folder = folder };
	return backup_site_new(b, name, &from, admin, !same, apps);
}
