/* SPDX-License-Identifier: MIT */
#include "tools/ctl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "start/attempts.h"
#include "tools/ctl_add.h"
#include "tools/ctl_backup.h"
#include "tools/ctl_drop.h"
#include "tools/ctl_freeze.h"
#include "tools/ctl_logs.h"
#include "tools/ctl_restart.h"
#include "tools/ctl_startup.h"
#include "tools/ctl_status.h"
#include "tools/ctl_transfer.h"
#include "tools/ctl_upgrade.h"
#include "lib/durable.h"
#include "start/state.h"
#include "tools/ctl_verify.h"

typedef struct err *command(struct bench *b, int argc, char **argv, int *ret_status);

static command run_status, run_sites, run_add_site, run_drop_site, run_restart, run_retry, run_upgrade,
	run_logs, run_verify, run_backup, run_freeze, run_transfer;

static const struct {
	const char *name, *args, *help;
	command *run;
} commands[] = {
	{ "status", "[--json|--startup]",
	  "what runs, which sites answer, what is wrong; where the last start's time went", run_status },
	{ "sites", "", "the sites, their apps and hosts", run_sites },
	{ "add-site", CTL_ADD_ARGUMENTS, "make a site while the bench runs", run_add_site },
	{ "drop-site", "NAME [--yes] [--purge]", "close a site and put it aside, or remove it",
	  run_drop_site },
	{ "restart", "[PROGRAM|GROUP:*]", "restart the framework's programs, or one program, or a group",
	  run_restart },
	{ "retry", "", "prepare again now what has failed and waits", run_retry },
	{ "verify", "[--json]", "everything checked by real operations, a line each", run_verify },
	{ "logs", "[PROGRAM] [-n LINES] [-f]", "the logs there are, or the end of one", run_logs },
	{ "upgrade", "[--rehearse|--retry|--back]",
	  "what the data are of; copy them for a rehearsal; try a failed upgrade again, or leave it",
	  run_upgrade },
	{ "backup", "", "make a backup of the instance, and try it by restoring it", run_backup },
	{ "backups", "[--json]", "the backups there are, and which were restored", run_backup },
	{ "restore", "ID [--site NAME [--as NEW_NAME]]", "bring sites back as a backup has them",
	  run_backup },
	{ "freeze", "[--seconds N]", "hold the volume still for a snapshot or a copy, a minute unless given",
	  run_freeze },
	{ "thaw", "", "end that, and say whether it lasted", run_freeze },
	{ "export", "SITE [--to FOLDER]", "a site as the framework's own backup files", run_transfer },
	{ "import", "SITE DATABASE [--files TAR] ...", "a new site from such files, of whatever bench",
	  run_transfer },
};

static void usage(FILE *out)
{
	fputs("usage: benchctl COMMAND\n\n", out);
	for (size_t i = 0; i < COUNT(commands); i++)
		fprintf(out, "  %-9s %-42s %s\n", commands[i].name, commands[i].args, commands[i].help);
	fputs("\nexit status: 0 done, 1 something is wrong with the bench, 2 usage, 6 it failed\n", out);
}

static struct err *misused(size_t i)
{
	return err_new(ERR_USAGE, "usage: benchctl %s %s", commands[i].name, commands[i].args);
}

static struct err *run_status(struct bench *b, int argc, char **argv, int *ret_status)
{
	bool json = argc == 2 && !strcmp(argv[1], "--json"), fine;

	if (argc == 2 && !strcmp(argv[1], "--startup"))
		return ctl_startup_print();
	if (argc > 1 && !json)
		return misused(0);
	json_t *status = ctl_status_collect(b, &fine);
	if (json) {
		json_dumpf(status, stdout, JSON_INDENT(2));
		puts("");
	} else {
		ctl_status_print(status);
	}
	json_decref(status);
	*ret_status = fine ? 0 : 1;
	return NULL;
}

static struct err *run_sites(struct bench *b, int argc, char **argv, int *ret_status)
{
	bool fine;

	(void)argv, (void)ret_status;
	if (argc > 1)
		return misused(1);
	json_t *status = ctl_status_collect(b, &fine);
	ctl_status_print_sites(b, status);
	json_decref(status);
	return NULL;
}

static struct err *run_add_site(struct bench *b, int argc, char **argv, int *ret_status)
{
	return ctl_add(b, argc, argv, ret_status);
}

static struct err *run_drop_site(struct bench *b, int argc, char **argv, int *ret_status)
{
	(void)ret_status;
	TRY(state_check_up());
	return ctl_drop(b, argc, argv);
}

static struct err *run_restart(struct bench *b, int argc, char **argv, int *ret_status)
{
	(void)ret_status;
	return argc > 2 ? misused(4) : ctl_restart(b, argc == 2 ? argv[1] : NULL);
}

static struct err *run_upgrade(struct bench *b, int argc, char **argv, int *ret_status)
{
	(void)ret_status;
	return ctl_upgrade(b, argc, argv);
}

static struct err *run_backup(struct bench *b, int argc, char **argv, int *ret_status)
{
	if (strcmp(argv[0], "backups"))
		TRY(state_check_up());
	return ctl_backup(b, argc, argv, ret_status);
}

static struct err *run_freeze(struct bench *b, int argc, char **argv, int *ret_status)
{
	(void)ret_status;
	TRY(state_check_up());
	return ctl_freeze(b, argc, argv);
}

static struct err *run_transfer(struct bench *b, int argc, char **argv, int *ret_status)
{
	TRY(state_check_up());
	return ctl_transfer(b, argc, argv, ret_status);
}

static struct err *run_retry(struct bench *b, int argc, char **argv, int *ret_status)
{
	(void)b, (void)argv, (void)ret_status;
	if (argc > 1)
		return misused(5);
	TRY(state_check_up());
	TRY(durable_update(ATTEMPTS_ASKED, "", 0600, &durable_root, NULL));
	puts("what has failed is prepared again: benchctl status shows it");
	return NULL;
}

static struct err *run_verify(struct bench *b, int argc, char **argv, int *ret_status)
{
	bool json = argc == 2 && !strcmp(argv[1], "--json");

	if (argc > 1 && !json)
		return misused(6);
	json_t *report = ctl_verify_collect(b);
	if (json) {
		json_dumpf(report, stdout, JSON_INDENT(2));
		puts("");
	} else {
		ctl_verify_print(report);
	}
	*ret_status = json_is_true(json_object_get(report, "ok")) ? 0 : 1;
	json_decref(report);
	return NULL;
}

static struct err *run_logs(struct bench *b, int argc, char **argv, int *ret_status)
{
	const char *name = NULL;
	unsigned long lines = 40;
	bool follow = false;

	(void)ret_status;
	for (int i = 1; i < argc; i++) {
		char *end = NULL;
		if (!strcmp(argv[i], "-f"))
			follow = true;
		else if (!strcmp(argv[i], "-n") && i + 1 < argc &&
			 (lines = strtoul(argv[++i], &end, 10), *argv[i] && !*end))
			continue;
		else if (argv[i][0] != '-' && !name && !end)
			name = argv[i];
		else
			return misused(7);
	}
	return ctl_logs(b, name, lines > 100000 ? 100000 : (unsigned)lines, follow);
}

static struct err *dispatch(int argc, char **argv, int *ret_status)
{
	AUTO_BENCH struct bench b = { 0 };
	const char *names[COUNT(commands)];

	for (size_t i = 0; i < COUNT(commands); i++) {
		names[i] = commands[i].name;
		if (strcmp(commands[i].name, argv[0]))
			continue;
		TRY(bench_read(&b));
		return commands[i].run(&b, argc, argv, ret_status);
	}
	const char *near = text_nearest(argv[0], names, COUNT(names));
	return err_new(ERR_USAGE,
		       near ? "no command '%s': did you mean '%s'?" : "no command '%s': try benchctl --help",
		       argv[0], near);
}

int ctl_main(int argc, char **argv)
{
	int status = 0;

	if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		usage(argc < 2 ? stderr : stdout);
		return argc < 2 ? ERR_USAGE : 0;
	}
	struct err *e = dispatch(argc - 1, argv + 1, &status);
	if (!e)
		return status;
	AUTO_FREE char *text = err_text(e);
	fprintf(stderr, "benchctl: %s\n", text);
	status = err_kind(e) == ERR_USAGE ? ERR_USAGE : ERR_SYSTEM;
	err_free(e);
	return status;
}
