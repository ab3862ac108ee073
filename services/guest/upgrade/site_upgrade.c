/* SPDX-License-Identifier: MIT */
#include "upgrade/site_upgrade.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "lib/crash.h"
#include "provision/probe.h"
#include "upgrade/release.h"
#include "upgrade/upgrade.h"

#define SERVE_MS 120000 /* until the web server answers with the new code */
#define ONE_MS 5000
#define TURN_MS 25

static char *line_of(const struct provision_context *w, const struct site *s, const char *what)
{
	return mem_printf("upgrade/%s/%s/%s", w->upgrade->id, what, s->row->name);
}

struct err *site_upgrade_migrate(struct provision_context *w, struct site *s, bool *ret_did)
{
	AUTO_FREE char *line = line_of(w, s, "migrate"), *step = mem_printf("migrate/%s", s->row->name);

	*ret_did = w->bench.migrate.count;
	TRY(ledger_begin(w->ledger, line));
	for (size_t i = 0; i < w->bench.migrate.count; i++) {
		TRY(site_run(w, s, &w->bench.migrate.items[i], s->row->apps));
		crash_at(step, "mid");
	}
	return ledger_done(w->ledger, line);
}

struct err *site_upgrade_install(struct provision_context *w, struct site *s, bool *ret_did)
{
	AUTO_FREE const char **apps = release_new_apps(&w->bench, w->upgrade->committed, s->row);
	AUTO_FREE char *line = line_of(w, s, "install"), *step = mem_printf("install/%s", s->row->name);

	*ret_did = *apps && w->bench.install.count;
	if (!*ret_did)
		return NULL;
	TRY(ledger_begin(w->ledger, line));
	for (size_t i = 0; i < w->bench.install.count; i++) {
		TRY(site_run(w, s, &w->bench.install.items[i], apps));
		crash_at(step, "mid");
	}
	return ledger_done(w->ledger, line);
}

struct err *site_upgrade_probe(struct provision_context *w, struct site *s, bool *ret_did)
{
	int64_t until = clock_ms() + SERVE_MS;
	struct err *e;

	*ret_did = true;
	while ((e = probe_behind(&w->bench, s->row, ONE_MS)) && clock_ms() < until) {
		err_free(e);
		clock_sleep(TURN_MS);
	}
	TRY(e);
	for (size_t i = 0; i < w->bench.probes.count; i++)
		TRY(site_run(w, s, &w->bench.probes.items[i], s->row->apps));
	return NULL;
}
