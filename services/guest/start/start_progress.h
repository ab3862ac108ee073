/* SPDX-License-Identifier: MIT */
/* Decides whether an unfinished start still makes progress, from what init and provision publish. Pure: it
 * reads nothing itself. */
#pragma once
#include <jansson.h>

#include "base/text.h"
#include "start/state.h"

/* Progress is a step that begins or ends, or any output of a command; a start without any for so long is
 * stuck. A safety net, and no promise of speed: a large site on a slow machine is slow, not stuck. */
#define START_PROGRESS_QUIET_MS (30 * 60000)

struct start_progress {
	const struct state_report *state;
	json_t *steps;	  /* steps.json, or NULL: not there yet */
	int64_t heard_ms; /* when a running command last said something; 0: never */
};

/* True while it makes progress. words gets the message: "starting: step 3 of 18: stores", or the obstacle. */
bool start_progress_moves(const struct start_progress *s, int64_t now_ms, struct text *words);
/* From steps.json of a failed run: "create/one.localhost failed: ..." for the first failed step; the caller
 * frees it; NULL when none failed.
 * ret_of_site: only the framework's own steps for single sites have failed, which nothing but a change can
 * mend. */
char *start_progress_failure(json_t *steps, bool *ret_of_site);
