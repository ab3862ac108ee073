/* SPDX-License-Identifier: MIT */
/* The state of init for health, benchctl and the console: /run/mkbench/state.json, rewritten every few
 * seconds. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum state {
	STATE_STANDBY, /* another instance holds the volume: only the wait page is served */
	/* the first provisioning since the start; with a reason: it waits for a person */
	STATE_STARTING,
	STATE_RUNNING,
	STATE_DEGRADED, /* provisioning has failed and is tried again: why has the reason */
	STATE_STOPPING,
	/* an upgrade has failed: nothing is served, why has the reason, and only a
	 * person or another image can go on */
	STATE_FAILED,
};

/* Times are those of base/clock.h. */
struct state_report {
	enum state state;
	char *why;	  /* the reason, or ""; NULL is the same as "" */
	int64_t begun_ms; /* when init began */
	int64_t since_ms; /* when this state began */
	int64_t beat_ms;  /* the last heartbeat */
	bool stood_by;	  /* it has been a standby since init began */
	bool serves;	  /* a standby's wait page is served */
	json_t *troubles; /* programs that end again and again, by name (restart_backoff.h); or NULL */
};

#define STATE_DEAD_MS 30000 /* without a heartbeat for so long */

/* Writes it with a new heartbeat: beat_ms is ignored. */
void state_publish(const struct state_report *s);
/* Sets the state and its reason (NULL: none), and writes it. */
void state_set(struct state_report *r, enum state s, const char *why);
/* An init that has not written its state yet is starting. ERR_SYSTEM when none runs and none has run here. */
struct err *state_read(struct state_report *ret) MUST_CHECK;
/* ERR_SYSTEM unless the bench is up: only the instance that holds the volume may write to it. */
struct err *state_check_up(void) MUST_CHECK;
void state_done(struct state_report *s);
#define AUTO_STATE __attribute__((cleanup(state_done)))

bool state_is_dead(const struct state_report *s);
const char *state_name(enum state s);
