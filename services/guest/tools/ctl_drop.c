/* SPDX-License-Identifier: MIT */
#include "tools/ctl_drop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "lib/site_registry.h"
#include "provision/site_drop.h"

static bool is_pending(const struct bench *b, const char *name)
{
	for (size_t i = 0; i < b->drops.count; i++)
		if (!strcmp(b->drops.items[i].name, name))
			return true;
	return false;
}

static struct err *confirm(const char *name, bool purge)
{
	AUTO_FREE char *line = NULL;
	size_t room = 0;

	printf("Site %s is closed, %s.\nIts name again, to drop it: ", name,
	       purge ? "and its database, files and secrets are removed for good" :
		       "its account removed, its database, files and secrets put aside");
	fflush(stdout);
	ssize_t n = getline(&line, &room, stdin);
	if (n > 0 && line[n - 1] == '\n')
		line[n - 1] = '\0';
	return n > 0 && !strcmp(line, name) ?
		       NULL :
		       err_new(ERR_USAGE, "the names differ: nothing is done (--yes does not ask)");
}

static struct err *mark(const struct bench *b, const char *name, bool purge, bool yes)
{
	if (is_pending(b, name))
		return NULL;
	if (!bench_site(b, name))
		return err_new(ERR_USAGE, "there is no site %s: see benchctl sites", name);
	if (!purge)
		TRY(site_drop_check(b, name));
	if (!yes)
		TRY(confirm(name, purge));
	return site_registry_drop(b, name, purge);
}

struct err *ctl_drop(struct bench *b, int argc, char **argv)
{
	const char *name = NULL;
	bool yes = false, purge = false, wrong = false;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--yes"))
			yes = true;
		else if (!strcmp(argv[i], "--purge"))
			purge = true;
		else if (argv[i][0] != '-' && !name)
			name = argv[i];
		else
			wrong = true;
	}
	if (wrong || !name)
		return err_new(ERR_USAGE, "usage: benchctl drop-site NAME [--yes] [--purge]");
	TRY(mark(b, name, purge, yes));
	fflush(stdout);
	execl("/proc/self/exe", "provision", "--drop", name, (char *)NULL);
	return err_new(ERR_SYSTEM, "provision cannot be started");
}
