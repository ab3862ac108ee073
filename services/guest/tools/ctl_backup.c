/* SPDX-License-Identifier: MIT */
#include "tools/ctl_backup.h"

#include <stdio.h>
#include <string.h>

#include "backup/backup.h"
#include "base/mem.h"

static struct err *make(const struct bench *b)
{
	AUTO_FREE char *id = NULL;

	TRY(backup_make(b, &id));
	printf("backup %s is made and was restored to try it\nthe password of its repository: %s/secrets/backup_password: keep a copy elsewhere\n", id, b->data);
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
			printf("%s  %.19s  %s\n", json_string_value(json_object_get(row, "id")), json_string_value(json_object_get(row, "at")),
			       json_is_true(json_object_get(row, "verified")) ? "restored" : "not restored here");
	}
	json_decref(all);
	return e;
}

static struct err *restore(const struct bench *b, int argc, char **argv)
{
	const char *id = NULL, *site = NULL;
	AUTO_FREE char *kept = NULL;
	bool wrong = false;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--site") && i + 1 < argc)
			site = argv[++i];
		else if (argv[i][0] != '-' && !id)
			id = argv[i];
		else
			wrong = true;
	}
	if (wrong || !id || !site)
		return err_new(ERR_USAGE, "usage: benchctl restore ID --site NAME");
	if (!bench_site(b, site))
		return err_new(ERR_USAGE, "there is no site %s: see benchctl sites", site);
	TRY(backup_restore_site(b, id, site, &kept));
	printf("site %s is as backup %s has it; its files of before: %s; its database of before stays, too\n", site, id, kept);
	return NULL;
}

struct err *ctl_backup(const struct bench *b, int argc, char **argv)
{
	bool json = argc == 2 && !strcmp(argv[1], "--json");

	if (!strcmp(argv[0], "restore"))
		return restore(b, argc, argv);
	if (!strcmp(argv[0], "backups"))
		return argc > 1 && !json ? err_new(ERR_USAGE, "usage: benchctl backups [--json]") : list(b, json);
	return argc > 1 ? err_new(ERR_USAGE, "usage: benchctl backup") : make(b);
}
