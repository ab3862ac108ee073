/* SPDX-License-Identifier: MIT */
#include "provision/report.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "lib/durable.h"
#include "lib/sanitize.h"
#include "lib/log.h"

struct report {
	char *folder;
	json_t *steps, *current; /* current: borrowed from steps */
	const char *state;
	json_t *upgrades; /* by site; NULL: this is no upgrade */
	int64_t started, step_started;
};

/* The site that a step is for; NULL: the machine. */
static const char *site_of(json_t *row)
{
	const char *slash = strchr(json_string_value(json_object_get(row, "step")), '/');

	return slash ? slash + 1 : NULL;
}

static void write_steps(const struct report *r, const char *name, const char *state, json_t *steps,
			const char *what, unsigned mode)
{
	AUTO_FREE char *path = mem_printf("%s/%s", r->folder, name);
	json_t *all =
		json_pack("{s:s, s:b, s:s*, s:f, s:I, s:O}", "state", state, "upgrade", r->upgrades != NULL,
			  "what", what, "seconds", (double)(clock_ms() - r->started) / 1000, "at_ms",
			  (json_int_t)clock_ms(), "steps", steps);
	struct err *e = durable_show(path, all, mode);

	json_decref(all);
	if (e)
		log_err(e, "cannot write the progress");
}

/* What visitors of one site may see: the machine's steps and its own, and no other site's name. */
static void show_site(const struct report *r, const char *site)
{
	AUTO_FREE char *name = mem_printf("progress/%s.json", site);
	json_t *own = json_array(), *row;
	bool failed = r->upgrades && !strcmp(r->state, "failed"), done = true;
	size_t i;

	json_array_foreach(r->steps, i, row)
	{
		const char *step = json_string_value(json_object_get(row, "step")), *whose = site_of(row);
		const char *state = json_string_value(json_object_get(row, "state"));
		if (whose && strcmp(whose, site))
			continue;
		json_t *seconds = json_object_get(row, "seconds");
		json_array_append_new(own, json_pack("{s:s%, s:s, s:O*}", "step", step, strcspn(step, "/"),
						     "state", state, "seconds", seconds));
		failed |= !strcmp(state, "failed");
		done &= !strcmp(state, "done");
	}
	write_steps(r, name,
		    failed ? "failed" :
		    done   ? "done" :
			     "running",
		    own, json_string_value(json_object_get(r->upgrades, site)), 0644);
	json_decref(own);
}

/* A step of one site changes that site's page alone, a step of the machine all pages: a run writes O(sites)
 * files, and not O(sites²). */
static void publish(const struct report *r, const char *changed)
{
	json_t *bare = json_deep_copy(r->steps), *row;
	const char *last = "";
	size_t i;

	json_array_foreach(bare, i, row) json_object_del(row, "why");
	write_steps(r, "steps.json", r->state, r->steps, NULL, 0600);
	write_steps(r, "progress.json", r->state, bare, NULL, 0600);
	json_array_foreach(bare, i, row)
	{
		const char *site = site_of(row);
		if (site && strcmp(site, last) && (!changed || !strcmp(site, changed)))
			show_site(r, last = site);
	}
	json_decref(bare);
}

struct report *report_new(const char *folder)
{
	struct report *r = mem_new(sizeof *r);

	*r = (struct report){
		.folder = mem_dup(folder), .steps = json_array(), .state = "running", .started = clock_ms()
	};
	return r;
}

void report_free(struct report *r)
{
	if (!r)
		return;
	json_decref(r->steps);
	json_decref(r->upgrades);
	free(r->folder);
	free(r);
}

void report_upgrades(struct report *r, const char *site, const char *what)
{
	r->upgrades = r->upgrades ? r->upgrades : json_object();
	json_object_set_new(r->upgrades, site, sanitize_json(what));
}

void report_plan(struct report *r, const char *step)
{
	json_array_append_new(r->steps, json_pack("{s:s, s:s}", "step", step, "state", "pending"));
}

void report_begin(struct report *r, const char *step)
{
	json_t *row;
	size_t i;

	json_array_foreach(r->steps, i, row) if (!strcmp(json_string_value(json_object_get(row, "step")),
							 step)) r->current = row;
	r->step_started = clock_ms();
	json_object_set_new(r->current, "at_ms", json_integer(r->step_started));
	json_object_set_new(r->current, "state", json_string("running"));
	publish(r, site_of(r->current));
}

void report_end(struct report *r, bool done, const char *why)
{
	double seconds = (double)(clock_ms() - r->step_started) / 1000;
	const char *step = json_string_value(json_object_get(r->current, "step"));

	json_object_set_new(r->current, "state", json_string(why ? "failed" : "done"));
	json_object_set_new(r->current, "seconds", json_real(seconds));
	if (why)
		json_object_set_new(r->current, "why", sanitize_json(why));
	if (why)
		log_line("%s failed after %.1f s: %s", step, seconds, why);
	else if (done)
		log_line("%s: done in %.1f s", step, seconds);
	publish(r, site_of(r->current));
}

void report_keep(const struct report *r)
{
	write_steps(r, "startup.json", r->state, r->steps, NULL, 0600);
}

void report_finish(struct report *r, bool failed)
{
	r->state = failed ? "failed" : "done";
	publish(r, NULL);
}
