/* SPDX-License-Identifier: MIT */
#include "start/provision_order.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "jobs/keeper.h"
#include "lib/crash.h"
#include "lib/log.h"
#include "provision/door.h"
#include "provision/prebaked.h"
#include "provision/provision_steps.h"
#include "provision/site.h"
#include "provision/site_drop.h"
#include "start/prepare_volume.h"
#include "upgrade/release.h"
#include "upgrade/site_upgrade.h"
#include "upgrade/upgrade.h"
#include "upgrade/upgrade_rehearsal.h"
#include "upgrade/upgrade_server.h"

typedef struct err *machine_step(struct provision_context *w, bool *ret_did);
typedef struct err *site_step(struct provision_context *w, struct site *s, bool *ret_did);

/* A step of the machine, or of each site in an upgrade. */
static const struct row {
	const char *name;
	machine_step *act;
	site_step *of_each;
	bool upgrade;  /* only in an upgrade */
	bool prebaked; /* only in an image that has prebaked sites */
} before[] = {
	{ "format", provision_steps_format, NULL, false, false },
	{ "folders", provision_steps_folders, NULL, false, false },
	{ "memory", provision_steps_memory, NULL, false, false },
	{ "snapshot", upgrade_snapshot, NULL, true, false },
	{ "links", provision_steps_links, NULL, false, false },
	{ "config", provision_steps_config, NULL, false, false },
	{ "unpack", prebaked_unpack, NULL, false, true },
	{ "tables", provision_steps_tables, NULL, false, false },
	{ "stores", provision_steps_stores, NULL, false, false },
	{ "accounts", provision_steps_accounts, NULL, false, false },
	{ "server", upgrade_server, NULL, true, false },
	{ "cache", provision_steps_cache, NULL, false, false },
	{ "renew", prebaked_renew, NULL, false, true },
	{ "migrate", NULL, site_upgrade_migrate, true, false },
	{ "install", NULL, site_upgrade_install, true, false },
	{ "serve", upgrade_serve, NULL, true, false },
	{ "probe", NULL, site_upgrade_probe, true, false },
	{ "commit", upgrade_commit, NULL, true, false },
}, after[] = {
	{ "open", door_open, NULL, false, false },
	{ "bench", keeper_start_bench, NULL, false, false },
};

static const struct {
	const char *name;
	site_step *act;
} of_site[] = {
	{ "secrets", site_secrets }, { "database", site_database }, { "folder", site_folder },
	{ "create", site_create },   { "finish", site_finish },	    { "check", site_database_check },
};

/* Ends a step in log, progress and ledger; true when it succeeded. */
static bool conclude(struct provision_context *w, const char *step, bool did, struct err *e)
{
	AUTO_FREE char *why = e ? err_text(e) : NULL;

	err_free(e);
	report_end(w->report, did, why);
	if (why) {
		if (!w->failed)
			w->failed = mem_printf("%s: %s", step, why);
		struct err *again = ledger_failed(w->ledger, step, why);
		if (again)
			log_err(again, "the ledger cannot be written");
	}
	return !why;
}

static bool run_machine(struct provision_context *w, const char *step, machine_step *act)
{
	bool did = false;

	report_begin(w->report, step);
	crash_at(step, "before");
	struct err *e = act(w, &did);
	if (!e)
		crash_at(step, "after");
	return conclude(w, step, did, e);
}

static bool run_site_step(struct provision_context *w, struct site *s, const char *name, site_step *act)
{
	AUTO_FREE char *step = mem_printf("%s/%s", name, s->row->name);
	bool did = false;

	report_begin(w->report, step);
	crash_at(step, "before");
	struct err *e = act(w, s, &did);
	if (!e)
		crash_at(step, "after");
	return conclude(w, step, did, e);
}

/* Runs a step of an upgrade for each existing site. */
static bool run_each(struct provision_context *w, const struct row *row)
{
	bool fine = true;

	for (size_t i = 0; fine && i < w->bench.sites.count; i++) {
		AUTO_SITE struct site s;
		bool did;
		if (!release_is_made(w->ledger, w->bench.sites.items[i].name))
			continue;
		site_open(w, &w->bench.sites.items[i], &s);
		struct err *e = site_secrets(w, &s, &did);
		if (e)
			log_err(e, "site %s", s.row->name);
		fine = !e && run_site_step(w, &s, row->name, row->of_each);
	}
	return fine;
}

/* An earlier image may have unpacked the volume. */
static bool is_due(const struct provision_context *w, const struct row *row)
{
	return (!row->upgrade || w->upgrade) && (!row->prebaked || prebaked_is_due(w));
}

static bool run_row(struct provision_context *w, const struct row *row)
{
	if (!is_due(w, row))
		return true;
	return row->of_each ? run_each(w, row) : run_machine(w, row->name, row->act);
}

static bool run_site(struct provision_context *w, const struct bench_site *row)
{
	AUTO_SITE struct site s;
	bool fine = true;

	site_open(w, row, &s);
	if (w->anew) {
		struct err *e = site_database_forget(w, &s);
		if (e) {
			log_err(e, "add-site");
			return false;
		}
	}
	for (size_t i = 0; fine && i < COUNT(of_site); i++)
		fine = run_site_step(w, &s, of_site[i].name, of_site[i].act);
	if (fine && w->prebakes)
		fine = run_site_step(w, &s, "seal", site_seal);
	struct err *e = fine ? release_add_site(&w->bench, row->name) : NULL;
	if (e)
		log_err(e, "cannot record what site %s was made of", row->name);
	return fine && !e;
}

static bool is_wanted(const struct provision_context *w, const struct bench_site *row)
{
	return !w->drop && (!w->only || !strcmp(w->only, row->name));
}

static void plan_row(struct provision_context *w, const struct row *row)
{
	if (!is_due(w, row))
		return;
	if (!row->of_each)
		report_plan(w->report, row->name);
	for (size_t i = 0; row->of_each && i < w->bench.sites.count; i++) {
		AUTO_FREE char *step = mem_printf("%s/%s", row->name, w->bench.sites.items[i].name);
		if (release_is_made(w->ledger, w->bench.sites.items[i].name))
			report_plan(w->report, step);
	}
}

void provision_order_plan(struct provision_context *w)
{
	for (size_t i = 0; i < COUNT(before); i++)
		plan_row(w, &before[i]);
	for (size_t i = 0; i < w->bench.drops.count; i++)
		for (size_t k = 0; k < COUNT(site_drop_rows); k++) {
			AUTO_FREE char *step =
				mem_printf("%s/%s", site_drop_rows[k].name, w->bench.drops.items[i].name);
			report_plan(w->report, step);
		}
	for (size_t i = 0; i < w->bench.sites.count; i++)
		for (size_t k = 0; k < COUNT(of_site); k++) {
			AUTO_FREE char *step =
				mem_printf("%s/%s", of_site[k].name, w->bench.sites.items[i].name);
			if (is_wanted(w, &w->bench.sites.items[i]))
				report_plan(w->report, step);
		}
	for (size_t i = 0; !w->prebakes && i < COUNT(after); i++)
		report_plan(w->report, after[i].name);
}

static bool run_drop(struct provision_context *w, const struct bench_drop *row)
{
	AUTO_SITE_DROP struct site_drop d = { 0 };
	struct err *e = site_drop_open(w, row, &d);
	bool fine = true;

	for (size_t i = 0; fine && i < COUNT(site_drop_rows); i++) {
		AUTO_FREE char *step = mem_printf("%s/%s", site_drop_rows[i].name, row->name);
		report_begin(w->report, step);
		crash_at(step, "before");
		if (!e)
			e = site_drop_rows[i].act(w, &d);
		if (!e)
			crash_at(step, "after");
		fine = conclude(w, step, true, e);
		e = NULL;
	}
	return fine;
}

/* Closes the sites to visitors before anything of them is removed. */
static bool run_drops(struct provision_context *w)
{
	bool fine = true;

	if (!w->bench.drops.count)
		return true;
	struct err *e = door_close(w);
	if (e) {
		log_err(e, "the dropped site's hosts cannot be taken away");
		return false;
	}
	for (size_t i = 0; i < w->bench.drops.count; i++)
		fine &= run_drop(w, &w->bench.drops.items[i]);
	return fine;
}

bool provision_order_run(struct provision_context *w)
{
	bool fine = true;

	for (size_t i = 0; fine && i < COUNT(before); i++)
		fine = run_row(w, &before[i]);
	if (!fine || upgrade_rehearsal_wanted())
		return fine;
	for (size_t i = 0; i < w->bench.sites.count; i++)
		w->ready[i] = prepare_volume_finished(&w->bench, w->ledger, &w->bench.sites.items[i]);
	fine = run_drops(w);
	/* A site that cannot be made must not keep the others closed. */
	for (size_t i = 0; i < w->bench.sites.count; i++) {
		const struct bench_site *row = &w->bench.sites.items[i];
		if (is_wanted(w, row))
			w->ready[i] = run_site(w, row);
		fine &= !is_wanted(w, row) || w->ready[i];
	}
	for (size_t i = 0; !w->prebakes && i < COUNT(after); i++)
		fine &= run_machine(w, after[i].name, after[i].act);
	return fine;
}
