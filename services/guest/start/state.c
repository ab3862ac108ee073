/* SPDX-License-Identifier: MIT */
#include "start/state.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "lib/bench.h"
#include "lib/durable.h"
#include "lib/log.h"

static const char *const names[] = { "standby", "starting", "running", "degraded", "stopping", "failed" };

const char *state_name(enum state s)
{
	return names[s];
}

void state_publish(const struct state_report *s)
{
	json_t *all = json_pack("{s:s, s:I, s:I, s:I, s:b, s:b, s:s*, s:O*}", "state", names[s->state],
				"beat_ms", (json_int_t)clock_ms(), "begun_ms", (json_int_t)s->begun_ms,
				"since_ms", (json_int_t)s->since_ms, "stood_by", (int)s->stood_by, "serves",
				(int)s->serves, "why", s->why, "troubles", s->troubles);
	struct err *e = durable_folder(BENCH_RUN, 0755, &durable_root);

	if (!e)
		e = durable_show(RUN_STATE_FILE, all, 0644);
	json_decref(all);
	if (s->state == STATE_STOPPING)
		unlink(BENCH_RUN "/ready"); /* a load balancer must go elsewhere from now on */
	if (e)
		log_err(e, "cannot write the instance's state");
}

void state_set(struct state_report *r, enum state s, const char *why)
{
	if (s != r->state)
		r->since_ms = clock_ms();
	free(r->why);
	r->why = why ? mem_dup(why) : NULL;
	r->state = s;
	state_publish(r);
}

static int64_t number(json_t *all, const char *key)
{
	return json_integer_value(json_object_get(all, key));
}

struct err *state_read(struct state_report *ret)
{
	json_t *all;
	bool damaged;

	*ret = (struct state_report){ .state = STATE_DEGRADED, .why = mem_dup("") };
	TRY(durable_read_json(RUN_STATE_FILE, &all, &damaged));
	if (!all)
		return err_new(ERR_SYSTEM, "init is not running here: no " RUN_STATE_FILE);
	const char *name = json_string_value(json_object_get(all, "state"));
	const char *why = json_string_value(json_object_get(all, "why"));
	for (size_t i = 0; i < COUNT(names); i++)
		if (name && !strcmp(names[i], name))
			ret->state = (enum state)i;
	free(ret->why);
	ret->why = mem_dup(why ? why : "");
	ret->begun_ms = number(all, "begun_ms");
	ret->since_ms = number(all, "since_ms");
	ret->beat_ms = number(all, "beat_ms");
	ret->stood_by = json_is_true(json_object_get(all, "stood_by"));
	ret->serves = json_is_true(json_object_get(all, "serves"));
	ret->troubles = json_incref(json_object_get(all, "troubles"));
	json_decref(all);
	return NULL;
}

struct err *state_check_up(void)
{
	AUTO_STATE struct state_report s = { 0 };

	TRY(state_read(&s));
	if (s.state != STATE_RUNNING && s.state != STATE_DEGRADED)
		return err_new(ERR_SYSTEM, "the bench is not up (%s): try again when it is",
			       state_name(s.state));
	return NULL;
}

void state_done(struct state_report *s)
{
	free(s->why);
	json_decref(s->troubles);
	*s = (struct state_report){ 0 };
}

bool state_is_dead(const struct state_report *s)
{
	return clock_ms() - s->beat_ms > STATE_DEAD_MS;
}
