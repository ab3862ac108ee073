/* SPDX-License-Identifier: MIT */
#include "tools/ctl_transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backup/export.h"
#include "backup/import_site.h"
#include "base/mem.h"
#include "lib/log.h"
#include "tools/ctl_provide.h"

static struct err *export(const struct bench *b, int argc, char **argv)
{
	const char *site = argc > 1 ? argv[1] : "",
		   *to = argc == 4 && !strcmp(argv[2], "--to") ? argv[3] : NULL;
	json_t *paths = NULL, *path;
	size_t i;

	if ((argc != 2 && !to) || *site == '-')
		return err_new(ERR_USAGE, "usage: benchctl export SITE [--to FOLDER]");
	if (!bench_site(b, site))
		return err_new(ERR_USAGE, "there is no site %s: see benchctl sites", site);
	struct err *e = export_site(b, site, to, &paths);
	json_array_foreach(paths, i, path) if (!e) puts(json_string_value(path));
	json_decref(paths);
	return e;
}

struct words {
	const char **items;
	size_t count, room;
};

static struct err *import(const struct bench *b, int argc, char **argv, int *ret_status)
{
	struct import_files from = { 0 };
	const struct {
		const char *name, **value;
	} options[] = { { "--files", &from.files },
			{ "--private-files", &from.private_files },
			{ "--config", &from.config } };
	struct words apps = { 0 };
	const char *site = NULL;
	bool wrong = false;

	for (int i = 1; i < argc; i++) {
		size_t k = 0;
		while (k < COUNT(options) && strcmp(argv[i], options[k].name))
			k++;
		if (k < COUNT(options) && i + 1 < argc)
			*options[k].value = argv[++i];
		else if (!strcmp(argv[i], "--app") && i + 1 < argc)
			VEC_PUSH(&apps, argv[++i]);
		else if (argv[i][0] != '-' && !from.database)
			*(site ? &from.database : &site) = argv[i];
		else
			wrong = true;
	}
	VEC_PUSH(&apps, NULL);
	AUTO_FREE const char **list = apps.items;
	from.apps = list;
	if (wrong || !from.database)
		return err_new(ERR_USAGE, "usage: benchctl import SITE DATABASE [--files TAR] "
					  "[--private-files TAR] [--config JSON] [--app A]...");
	TRY(import_site(b, site, &from));
	return ctl_provide("--site", site, NULL, ret_status);
}

struct err *ctl_transfer(const struct bench *b, int argc, char **argv, int *ret_status)
{
	log_as("benchctl");
	return strcmp(argv[0], "import") ? export(b, argc, argv) : import(b, argc, argv, ret_status);
}
