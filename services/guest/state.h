/* What init is doing, for health and benchctl: /run/mkbench/state.json, rewritten every few seconds. */
#pragma once
#include <jansson.h>
#include <stdint.h>

#include "base/err.h"

enum state {
	STATE_STANDBY,   /* another instance holds the volume: nothing is opened */
	STATE_STARTING,  /* provisioning, for the first time since the start */
	STATE_RUNNING,
	STATE_DEGRADED,  /* provisioning has failed and will be tried again: why says it */
	STATE_STOPPING,
};

/* Also the heart-beat. why may be NULL. */
void state_publish(enum state s, const char *why);
/* ret_age_ms is the time since the last heart-beat. ERR_SYSTEM when init has never run here. */
struct err *state_read(enum state *ret, char **ret_why, int64_t *ret_age_ms) MUST_CHECK;
const char *state_name(enum state s);
