/* SPDX-License-Identifier: MIT */
#include "start/provision.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "lib/command.h"
#include "lib/durable.h"
#include "lib/environment.h"
#include "lib/log.h"
#include "provision/provision_steps.h"
#include "start/provision_order.h"
#include "upgrade/release_change.h"
#include "upgrade/upgrade.h"
#include "upgrade/upgrade_expiry.h"
#include "upgrade/upgrade_rehearsal.h"

static void tell_unserved(const char *step, enum ledger_state state, void *arg)
{
	const struct bench *b = arg;

	if (state == LEDGER_DONE && text_starts(step, "site/") && !bench_site(b, step + 5))
		log_line("site %s is on the volume, but not of this image: it is kept, and not served",
			 step + 5);
}

/* Only at a start: orders of a person come after the upgrade. */
static struct err *begin_upgrade(struct provision_context *w)
{
	if (w->only || w->drop)
		return NULL;
	TRY(upgrade_recover(w, &w->went_back));
	TRY(upgrade_expiry_due(&w->bench));
	return w->went_back ? NULL : upgrade_open(w);
}

static void tell_upgrade(struct provision_context *w)
{
	for (size_t i = 0; w->upgrade && i < w->bench.sites.count; i++) {
		AUTO_FREE char *what = release_change(&w->bench, w->bench.sites.items[i].name);
		report_upgrades(w->report, w->bench.sites.items[i].name, what);
	}
}

static struct err *run(struct provision_context *w)
{
	AUTO_FREE char *own = bench_in_data(&w->bench, BENCH_OWN "/ledger");

	TRY(ledger_open(own, &w->ledger));
	if (ledger_was_torn(w->ledger)) {
		log_line("warning: the ledger's last line was torn and is dropped");
		TRY(ledger_note(w->ledger, "a torn last line was dropped"));
	}
	command_end_leftovers();
	w->again = !access(PROVISION_STEPS_SERVING, F_OK);
	w->ready = mem_array(w->bench.sites.count, sizeof *w->ready);
	w->report = report_new(BENCH_RUN);
	if (!w->again)
		ledger_each(w->ledger, tell_unserved, &w->bench);
	TRY(begin_upgrade(w));
	if (w->went_back)
		return NULL;
	if (upgrade_rehearsal_wanted() && !w->upgrade) {
		log_line("rehearsal: there is nothing to migrate: this image has the apps that the data are "
			 "of");
		return NULL;
	}
	tell_upgrade(w);
	provision_order_plan(w);
	bool fine = provision_order_run(w);
	report_finish(w->report, !fine);
	if (!w->again)
		report_keep(w->report);
	if (!fine && w->upgrade && !w->upgrade->done) {
		w->went_back = true;
		return upgrade_fail(w, w->failed ? w->failed : "a site's secrets cannot be read");
	}
	if (!fine)
		return err_new(ERR_SYSTEM, "not everything could be prepared");
	return durable_update(BENCH_RUN "/started", "", 0644, &durable_root, NULL);
}

static struct err *read_arguments(struct provision_context *w, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--site") && i + 1 < argc)
			w->only = argv[++i];
		else if (!strcmp(argv[i], "--drop") && i + 1 < argc)
			w->drop = argv[++i];
		else if (!strcmp(argv[i], "--again"))
			w->anew = true;
		else if (!strcmp(argv[i], "--prebake"))
			w->prebakes = true;
		else
			return err_new(ERR_USAGE, "usage: provision [--site NAME [--again] | --drop NAME]");
	}
	return w->anew && !w->only ? err_new(ERR_USAGE, "--again wants --site NAME") : NULL;
}

static struct err *start(struct provision_context *w, int argc, char **argv)
{
	AUTO_FREE char *password = NULL;

	TRY(read_arguments(w, argc, argv));
	if (geteuid())
		return err_new(ERR_USAGE,
			       "provision must run as root: databases and folders of several users are made");
	TRY(environment_check(environ));
	TRY(environment_text("MKBENCH_ADMIN_PASSWORD", &password));
	TRY(bench_read(&w->bench));
	if (w->prebakes)
		bench_add_templates(&w->bench);
	if (w->only && !bench_site(&w->bench, w->only))
		return err_new(ERR_USAGE, "no site %s: see benchctl add-site", w->only);
	return run(w);
}

int provision_main(int argc, char **argv)
{
	struct provision_context w = { 0 };
	int status = 0;

	log_as("provision");
	umask(022);
	struct err *e = start(&w, argc, argv);
	if (e) {
		status = err_kind(e) == ERR_USAGE || err_kind(e) == ERR_RECIPE ? ERR_USAGE : ERR_SYSTEM;
		log_err(e, "provisioning");
	}
	sql_close(w.root);
	status = !status && w.went_back ? PROVISION_WENT_BACK : status;
	upgrade_close(w.upgrade);
	free(w.failed);
	free(w.prebaked);
	report_free(w.report);
	ledger_close(w.ledger);
	free(w.ready);
	bench_json_done(&w.bench);
	return status;
}
