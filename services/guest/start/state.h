/* SPDX-License-Identifier: MIT */
/* What init is doing, for health, benchctl and the console: /run/mkbench/state.json,
 * rewritten every few seconds. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum state {
	STATE_STANDBY, /* another instance holds the volume: nothing is opened but the wait page */
	/* provisioning, for the first time since the start; with a reason: it cannot
	 * go on before a person acts */
	STATE_STARTING,
	STATE_RUNNING,
	STATE_DEGRADED, /* provisioning has failed and will be tried again: why says it */
	STATE_STOPPING,
	/* an upgrade has failed: nothing is served, why says it, and only a
	 * person or another image goes on */
	STATE_FAILED,
};

/* Times are those of base/clock.h. */
struct state_report {
	enum state state;
	char *why;	  /* "" or the reason; NULL is as good as "" */
	int64_t begun_ms; /* when init began */
	int64_t since_ms; /* since when it is in this state */
	int64_t beat_ms;  /* the last heart-beat */
	bool stood_by;	  /* was a standby since it began */
	bool serves;	  /* a standby's wait page can be had */
	json_t *troubles; /* programs that end again and again, by name: watch.h; or NULL */
};

#define STATE_DEAD_MS 30000 /* without a heart-beat */

/* Also the heart-beat: beat_ms is not read. */
void state_publish(const struct state_report *s);
/* Another state, or another reason, NULL for none; publishes it. */
void state_set(struct state_report *r, enum state s, const char *why);
/* ERR_SYSTEM when init has never run here. */
struct err *state_read(struct state_report *ret) MUST_CHECK;
/* Only the instance that holds the volume may write to it: ERR_SYSTEM unless the bench is up. */
struct err *state_check_up(void) MUST_CHECK;
void state_done(struct state_report *s);
#define AUTO_STATE __attribute__((cleanup(state_done)))

bool state_is_dead(const struct state_report *s);
const char *state_name(enum state s);
