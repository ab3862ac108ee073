#include "watch.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "say.h"

#define FIRST_MS 10000
#define LONGEST_MS 300000

static void revive(struct watch *w, const struct bench *b, const struct process *p)
{
	json_t *row = json_object_get(w->patience, p->name);
	json_int_t delay = json_integer_value(json_object_get(row, "delay")), at = json_integer_value(json_object_get(row, "at"));

	if (!row) {
		delay = FIRST_MS;
		at = clock_ms() + delay;
		say("%s: supervisor has given up (%s): tried again in %d s", p->name, *p->problem ? p->problem : "it ends too soon",
		    (int)(delay / 1000));
	} else if (clock_ms() >= at) {
		struct err *e = supervisor_start(b, p);
		delay = delay * 2 < LONGEST_MS ? delay * 2 : LONGEST_MS;
		at = clock_ms() + delay;
		if (e)
			say_err(e, "%s: tried again in %d s", p->name, (int)(delay / 1000));
	}
	json_object_set_new(w->patience, p->name, json_pack("{s:I, s:I}", "delay", delay, "at", at));
}

bool watch_look(struct watch *w, const struct bench *b)
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
	return true;
}

void watch_revive(struct watch *w, const struct bench *b)
{
	if (!w->patience)
		w->patience = json_object();
	for (size_t i = 0; i < w->last.count; i++) {
		const struct process *p = &w->last.items[i];
		if (!strcmp(p->state, "FATAL"))
			revive(w, b, p);
		else if (!strcmp(p->state, "RUNNING") && p->now - p->start > 60)
			json_object_del(w->patience, p->name);
	}
}

void watch_done(struct watch *w)
{
	supervisor_list_done(&w->last);
	json_decref(w->patience);
}
