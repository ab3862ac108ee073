/* SPDX-License-Identifier: MIT */
#include "tools/ctl.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "start/attempts.h"
#include "tools/ctl_backup.h"
#include "tools/ctl_drop.h"
#include "tools/ctl_freeze.h"
#include "tools/ctl_logs.h"
#include "tools/ctl_provide.h"
#include "tools/ctl_restart.h"
#include "tools/ctl_startup.h"
#include "tools/ctl_status.h"
#include "tools/ctl_transfer.h"
#include "tools/ctl_upgrade.h"
#include "lib/durable.h"
#include "lib/site_registry.h"
#include "start/state.h"
#include "tools/ctl_verify.h"

typedef struct err *command(struct bench *b, int argc, char **argv, int *ret_status);

static command run_status, run_sites, run_add_site, run_drop_site, run_restart, run_retry, run_upgrade, run_logs, run_verify, run_backup, run_freeze, run_transfer;

static const struct {
	const char *name, *args, *help;
	command *run;
} commands[] = {
	{ "status", "[--json|--startup]", "what runs, which sites answer, what is wrong; where the last start's time went", run_status },
	{ "sites", "", "the sites, their apps and hosts", run_sites },
	{ "add-site", "NAME [--template T|--app A...] [--host H]... [--again]", "make a site while the bench runs", run_add_site },
	{ "drop-site", "NAME [--yes] [--purge]", "close a site and put it aside, or remove it", run_drop_site },
	{ "restart", "[PROGRAM|GROUP:*]", "restart the framework's programs, or one program, or a group", run_restart },
	{ "retry", "", "prepare again now what has failed and waits", run_retry },
	{ "verify", "[--json]", "everything checked by real operations, a line each", run_verify },
	{ "logs", "[PROGRAM] [-n LINES] [-f]", "the logs there are, or the end of one", run_logs },
	{ "upgrade", "[--rehearse|--retry|--back]", "what the data are of; copy them for a rehearsal; try a failed upgrade again, or leave it", run_upgrade },
	{ "backup", "", "make a backup of the instance, and try it by restoring it", run_backup },
	{ "backups", "[--json]", "the backups there are, and which were restored", run_backup },
	{ "restore", "ID [--site NAME [--as NEW_NAME]]", "bring sites back as a backup has them", run_backup },
	{ "freeze", "[--seconds N]", "hold the volume still for a snapshot or a copy, a minute unless given", run_freeze },
	{ "thaw", "", "end that, and say whether it lasted", run_freeze },
	{ "export", "SITE [--to FOLDER]", "a site as the framework's own backup files", run_transfer },
	{ "import", "SITE DATABASE [--files TAR] ...", "a new site from such files, of whatever bench", run_transfer },
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

struct words {
	const char **items;
	size_t count, room;
};

/* Only the instance that holds the volume may write to it. */
static struct err *check_active(void)
{
	AUTO_STATE struct state_report s = { 0 };

	TRY(state_read(&s));
	if (s.state != STATE_RUNNING && s.state != STATE_DEGRADED)
		return err_new(ERR_SYSTEM, "the bench is not up (%s): try again when it is", state_name(s.state));
	return NULL;
}

static int is_app(const struct dirent *d)
{
	return d->d_name[0] != '.' && d->d_type != DT_REG;
}

static struct err *check_apps(const struct bench *b, const char *const *wanted)
{
	AUTO_FREE char *folder = mem_printf("%s/apps", b->path);
	AUTO_TEXT struct text known = { 0 };
	struct dirent **rows = NULL;
	struct err *e = NULL;
	int count = *wanted ? scandir(folder, &rows, is_app, alphasort) : 0;

	if (count < 0)
		return err_errno(errno, "%s", folder);
	for (int i = 0; i < count; i++)
		text_printf(&known, "%s%s", i ? ", " : "", rows[i]->d_name);
	for (; *wanted && !e; wanted++) {
		int i = 0;
		while (i < count && strcmp(rows[i]->d_name, *wanted))
			i++;
		if (i == count)
			e = err_new(ERR_USAGE, "the image has no app '%s': known are %s", *wanted, known.len ? known.bytes : "none");
	}
	for (int i = 0; i < count; i++)
		free(rows[i]);
	free(rows);
	return e;
}

struct wish {
	const char *name, *template;
	const char *const *apps, *const *hosts;
	bool again;
};

static const struct bench_site *template_of(const struct bench *b, const char *name)
{
	for (size_t i = 0; i < b->templates.count; i++)
		if (!strcmp(b->templates.items[i].name, name))
			return &b->templates.items[i];
	return NULL;
}

static struct err *unknown_template(const struct bench *b, const char *name)
{
	AUTO_TEXT struct text known = { 0 };

	for (size_t i = 0; i < b->templates.count; i++)
		text_printf(&known, "%s%s", i ? ", " : "", b->templates.items[i].name);
	return err_new(ERR_USAGE, "the image has no template '%s': known are %s", name, known.len ? known.bytes : "none");
}

/* What a new site has that nobody says: as the template, the default site, or the first template. */
static const struct bench_site *like_of(const struct bench *b, const char *template)
{
	const struct bench_site *site = b->default_site ? bench_site(b, b->default_site) : NULL;

	if (template)
		return template_of(b, template);
	return site ? site : b->templates.count ? &b->templates.items[0] : NULL;
}

static struct err *check_name(const struct bench *b, const struct wish *w)
{
	TRY(bench_site_name(w->name));
	for (size_t i = 0; w->hosts[i]; i++)
		TRY(bench_host_name(w->hosts[i]));
	if (site_registry_of_image(b, w->name) && (w->apps[0] || w->hosts[0] || w->template))
		return err_new(ERR_USAGE, "site %s is the image's, with its apps and hosts: add it without any", w->name);
	for (size_t i = 0; i < b->drops.count; i++)
		if (!strcmp(b->drops.items[i].name, w->name))
			return err_new(ERR_USAGE, "site %s is being dropped: benchctl drop-site %s goes on with it", w->name, w->name);
	return NULL;
}

static struct err *record_site(struct bench *b, const struct wish *w)
{
	const struct bench_site *like = like_of(b, w->template);

	if (bench_site(b, w->name) && !w->again)
		return err_new(ERR_USAGE, "there is a site %s already (--again makes it again after it was removed by hand)", w->name);
	if (bench_site(b, w->name))
		return NULL;
	if (w->template && !like)
		return unknown_template(b, w->template);
	TRY(check_name(b, w));
	TRY(check_apps(b, w->apps));
	return site_registry_add(b, &(struct bench_site){ .name = w->name, .apps = w->apps[0] || !like ? w->apps : like->apps, .hosts = w->hosts,
							  .time_zone = like ? like->time_zone : NULL, .language = like ? like->language : NULL });
}

/* A site that does not answer must not stay: it would be tried again at each start. */
static struct err *undo_site(struct bench *b, const char *name)
{
	int status = 0;

	fprintf(stderr, "benchctl: site %s does not work: what was made of it is removed again\n", name);
	TRY(site_registry_drop(b, name, true));
	TRY(ctl_provide("--drop", name, NULL, &status));
	return status ? err_new(ERR_SYSTEM, "not all of it could be removed: benchctl drop-site %s --yes --purge goes on", name) : NULL;
}

static struct err *add_site(struct bench *b, const struct wish *w, int *ret_status)
{
	bool is_new = !bench_site(b, w->name);

	TRY(record_site(b, w));
	fflush(stdout);
	TRY(ctl_provide("--site", w->name, w->again ? "--again" : NULL, ret_status));
	return *ret_status && is_new ? undo_site(b, w->name) : NULL;
}

static struct err *run_add_site(struct bench *b, int argc, char **argv, int *ret_status)
{
	struct words apps = { 0 }, hosts = { 0 };
	struct wish w = { 0 };
	bool wrong = false;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--app") && i + 1 < argc)
			VEC_PUSH(&apps, argv[++i]);
		else if (!strcmp(argv[i], "--host") && i + 1 < argc)
			VEC_PUSH(&hosts, argv[++i]);
		else if (!strcmp(argv[i], "--template") && i + 1 < argc && !w.template)
			w.template = argv[++i];
		else if (!strcmp(argv[i], "--again"))
			w.again = true;
		else if (argv[i][0] != '-' && !w.name)
			w.name = argv[i];
		else
			wrong = true;
	}
	wrong |= w.template && apps.count;
	VEC_PUSH(&apps, NULL);
	VEC_PUSH(&hosts, NULL);
	AUTO_FREE const char **app_list = apps.items, **host_list = hosts.items;
	if (wrong || !w.name)
		return misused(2);
	w.apps = app_list;
	w.hosts = host_list;
	TRY(check_active());
	return add_site(b, &w, ret_status);
}

static struct err *run_drop_site(struct bench *b, int argc, char **argv, int *ret_status)
{
	(void)ret_status;
	TRY(check_active());
	return ctl_drop(b, argc, argv);
}

static struct err *run_restart(struct bench *b, int argc, char **argv, int *ret_status)
{
	(void)ret_status;
	return argc > 2 ? misused(4) : ctl_restart(b, argc == 2 ? argv[1] : NULL);
}

/* init looks for the file. */
static struct err *run_upgrade(struct bench *b, int argc, char **argv, int *ret_status)
{
	(void)ret_status;
	return ctl_upgrade(b, argc, argv);
}

static struct err *run_backup(struct bench *b, int argc, char **argv, int *ret_status)
{
	if (strcmp(argv[0], "backups"))
		TRY(check_active());
	return ctl_backup(b, argc, argv, ret_status);
}

static struct err *run_freeze(struct bench *b, int argc, char **argv, int *ret_status)
{
	(void)ret_status;
	TRY(check_active());
	return ctl_freeze(b, argc, argv);
}

static struct err *run_transfer(struct bench *b, int argc, char **argv, int *ret_status)
{
	TRY(check_active());
	return ctl_transfer(b, argc, argv, ret_status);
}

static struct err *run_retry(struct bench *b, int argc, char **argv, int *ret_status)
{
	(void)b, (void)argv, (void)ret_status;
	if (argc > 1)
		return misused(5);
	TRY(check_active());
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
		else if (!strcmp(argv[i], "-n") && i + 1 < argc && (lines = strtoul(argv[++i], &end, 10), *argv[i] && !*end))
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
	return err_new(ERR_USAGE, near ? "no command '%s': did you mean '%s'?" : "no command '%s': try benchctl --help", argv[0], near);
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
