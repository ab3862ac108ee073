/* SPDX-License-Identifier: MIT */
#include "tools/ctl_backup.h"

#include <stdio.h>
#include <string.h>

#include "backup/backup.h"
#include "backup/backup_restore.h"
#include "base/mem.h"
#include "lib/log.h"
#include "lib/site_registry.h"
#include "tools/ctl_provide.h"

/* "ID is made and was restored to try it (12.0 s, of which the trial 7.5 s)"; the caller frees it. */
static struct err *make(const struct bench *b, char **ret)
{
	struct backup_times t = { 0 };
	AUTO_FREE char *id = NULL;

	TRY(backup_make(b, &id, &t));
	*ret = mem_printf("%s is made and was restored to try it (%.1f s, of which the trial %.1f s)", id,
			  (double)t.all_ms / 1000, (double)t.trial_ms / 1000);
	return NULL;
}

static struct err *make_by_hand(const struct bench *b)
{
	AUTO_FREE char *made = NULL;

	TRY(make(b, &made));
	printf("backup %s\nthe password of its repository: %s/secrets/backup_password: keep a copy "
	       "elsewhere\n",
	       made, b->data);
	return NULL;
}

/* Called by init: its output goes to the container's log. */
static struct err *make_scheduled(const struct bench *b)
{
	AUTO_FREE char *made = NULL;

	log_as("backup");
	struct err *e = make(b, &made);
	if (e)
		log_err(e, "no backup was made");
	else
		log_line("%s", made);
	return NULL;
}

static struct err *list(const struct bench *b, bool json)
{
	json_t *all = NULL, *row;
	size_t i;
	struct err *e = backup_list(b, &all);

	if (!e && json) {
		json_dumpf(all, stdout, JSON_INDENT(2));
		puts("");
	} else if (!e) {
		json_array_foreach(all, i, row)
			printf("%s  %.19s  of volume %s\n", json_string_value(json_object_get(row, "id")),
			       json_string_value(json_object_get(row, "at")),
			       json_string_value(json_object_get(row, "volume")));
	}
	json_decref(all);
	return e;
}

static struct err *restore_here(const struct bench *b, const char *id, const char *site)
{
	json_t *kept = NULL, *folder;
	const char *name;
	struct err *e = backup_restore(b, id, site, &kept);

	json_object_foreach(kept, name, folder) printf("site %s is as backup %s has it; its files of before: "
						       "%s; its database of before stays, too\n",
						       name, id, json_string_value(folder));
	json_decref(kept);
	return e;
}

static struct err *restore_as(const struct bench *b, const char *id, const char *site, const char *name,
			      int *ret_status)
{
	TRY(backup_restore_as(b, id, site, name));
	TRY(ctl_provide("--site", name, NULL, ret_status));
	if (!*ret_status)
		printf("site %s is what %s was in backup %s\n", name, site, id);
	return NULL;
}

static struct err *restore(const struct bench *b, int argc, char **argv, int *ret_status)
{
	const char *id = NULL, *site = NULL, *as = NULL;
	bool wrong = false;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--site") && i + 1 < argc)
			site = argv[++i];
		else if (!strcmp(argv[i], "--as") && i + 1 < argc)
			as = argv[++i];
		else if (argv[i][0] != '-' && !id)
			id = argv[i];
		else
			wrong = true;
	}
	if (wrong || !id || (as && !site))
		return err_new(ERR_USAGE, "usage: benchctl restore ID [--site NAME [--as NEW_NAME]]");
	if (as)
		return restore_as(b, id, site, as, ret_status);
	if (site && !bench_site(b, site))
		return err_new(ERR_USAGE,
			       "there is no site %s: see benchctl sites, or give it a name here by --as",
			       site);
	return restore_here(b, id, site);
}

struct err *ctl_backup(const struct bench *b, int argc, char **argv, int *ret_status)
{
	const char *word = argc == 2 ? argv[1] : "";

	log_as("benchctl");
	if (!strcmp(argv[0], "restore"))
		return restore(b, argc, argv, ret_status);
	if (!strcmp(argv[0], "backups"))
		return argc > 1 && strcmp(word, "--json") ?
			       err_new(ERR_USAGE, "usage: benchctl backups [--json]") :
			       list(b, argc > 1);
	if (!strcmp(word, "--scheduled"))
		return make_scheduled(b);
	return argc > 1 ? err_new(ERR_USAGE, "usage: benchctl backup") : make_by_hand(b);
}
