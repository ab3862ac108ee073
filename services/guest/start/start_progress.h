/* SPDX-License-Identifier: MIT */
/* Whether a start that has not ended yet goes on, by what init and provision publish
 * of it. Nothing here looks. */
#pragma once
#include <jansson.h>

#include "base/text.h"
#include "start/state.h"

/* A step that has ended, begun or said anything is movement; without any for so long a start is
 * stuck. A net, and no promise of
 * speed: a large site on a slow machine is slow, not stuck. */
#define START_PROGRESS_QUIET_MS (30 * 60000)

struct start_progress {
	const struct state_report *state;
	json_t *steps;	  /* steps.json, or NULL: there is none yet */
	int64_t heard_ms; /* when a running command last said something; 0: never */
};

/* True while it goes on. words receives what to tell: "starting: step 3 of 18:
 * stores", or what is in the way. */
bool start_progress_moves(const struct start_progress *s, int64_t now_ms, struct text *words);
/* Of steps.json, of a run that has failed: "create/one.localhost failed: ..." of the first step that did,
 * the caller's; NULL when none did.
 * ret_of_site: no step but the framework's own for single sites has failed, which nothing but a change can
 * mend. */
char *start_progress_failure(json_t *steps, bool *ret_of_site);
