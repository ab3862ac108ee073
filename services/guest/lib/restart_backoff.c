/* SPDX-License-Identifier: MIT */
#include "lib/restart_backoff.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "lib/reason.h"
#include "lib/log.h"

#define FIRST_MS 10000
#define LONGEST_MS 300000

static void revive(struct restart_backoff *w, const struct bench *b, const struct process *p)
{
	json_t *row = json_object_get(w->patience, p->name);
	json_int_t delay = json_integer_value(json_object_get(row, "delay")),
		   at = json_integer_value(json_object_get(row, "at"));

	if (!row) {
		AUTO_FREE char *why = reason_of(p);
		delay = FIRST_MS;
		at = clock_ms() + delay;
		log_line("%s: supervisor has given up (%s): tried again in %d s", p->name, why,
			 (int)(delay / 1000));
	} else if (clock_ms() >= at) {
		struct err *e = supervisor_start(b, p);
		delay = delay * 2 < LONGEST_MS ? delay * 2 : LONGEST_MS;
		at = clock_ms() + delay;
		if (e)
			log_err(e, "%s: tried again in %d s", p->name, (int)(delay / 1000));
	}
	json_object_set_new(w->patience, p->name, json_pack("{s:I, s:I}", "delay", delay, "at", at));
}

static json_int_t number(json_t *row, const char *key)
{
	return json_integer_value(json_object_get(row, key));
}

static void forget(struct restart_backoff *w, const struct process *p)
{
	json_object_set_new(w->seen, p->name, json_pack("{s:I}", "pid", (json_int_t)p->pid));
	json_object_del(w->troubles, p->name);
}

bool restart_backoff_note(struct restart_backoff *w, const struct process *p, int64_t now_ms, const char *why)
{
	if (!w->seen)
		w->seen = json_object();
	if (!w->troubles)
		w->troubles = json_object();
	json_t *row = json_object_get(w->seen, p->name), *known = json_object_get(w->troubles, p->name);
	json_int_t pid = number(row, "pid"), ends = number(row, "ends"),
		   since = ends ? number(row, "since_ms") : now_ms;
	bool runs = !strcmp(p->state, "RUNNING"), fatal = !strcmp(p->state, "FATAL");
	bool ended = (pid && p->pid != pid) || (!row && reason_is_wanted(p));

	if (!strcmp(p->state, "STOPPED") || (runs && p->now - p->start > RESTART_BACKOFF_WELL_SECONDS)) {
		forget(w, p);
		return false;
	}
	ends += ended || (fatal && !ends);
	json_object_set_new(w->seen, p->name,
			    json_pack("{s:I, s:I, s:I}", "pid", (json_int_t)p->pid, "ends", ends, "since_ms",
				      (json_int_t)since));
	if (!fatal && ends < RESTART_BACKOFF_ENDS)
		return false;
	const char *before = json_string_value(json_object_get(known, "why"));
	bool news = !before || (reason_is_wanted(p) && !reason_is_same(before, why));
	if (news)
		json_object_set_new(w->troubles, p->name,
				    json_pack("{s:I, s:s}", "since_ms", (json_int_t)since, "why", why));
	return news;
}

bool restart_backoff_look(struct restart_backoff *w, const struct bench *b)
{
	struct process_list now = { 0 };
	struct err *e = supervisor_list(b, &now);

	if (e) {
		err_free(e);
		supervisor_list_done(&now);
		return false;
	}
	supervisor_list_done(&w->last);
	w->last = now;
	for (size_t i = 0; i < now.count; i++) {
		const struct process *p = &now.items[i];
		json_t *row = json_object_get(w->seen, p->name);
		bool suspect = reason_is_wanted(p) || (number(row, "pid") && number(row, "pid") != p->pid) ||
			       number(row, "ends");
		AUTO_FREE char *why = suspect ? reason_of(p) : mem_dup("");
		if (restart_backoff_note(w, p, clock_ms(), why) && strcmp(p->state, "FATAL"))
			log_line("%s ends again and again: %s", p->name, why);
	}
	return true;
}

void restart_backoff_revive(struct restart_backoff *w, const struct bench *b)
{
	if (!w->patience)
		w->patience = json_object();
	for (size_t i = 0; i < w->last.count; i++) {
		const struct process *p = &w->last.items[i];
		if (!strcmp(p->state, "FATAL"))
			revive(w, b, p);
		else if (!strcmp(p->state, "RUNNING") && p->now - p->start > RESTART_BACKOFF_WELL_SECONDS)
			json_object_del(w->patience, p->name);
	}
}

void restart_backoff_done(struct restart_backoff *w)
{
	supervisor_list_done(&w->last);
	json_decref(w->patience);
	json_decref(w->seen);
	json_decref(w->troubles);
}
