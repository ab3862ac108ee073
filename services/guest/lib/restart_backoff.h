/* SPDX-License-Identifier: MIT */
/* Looks after the programs that supervisor runs: remembers which ends again and again and why, and starts
 * again what supervisor gives up, which stops trying after a number of failed starts; we never do. */
#pragma once
#include "lib/supervisor.h"

#define RESTART_BACKOFF_WELL_SECONDS 60 /* one that has run for so long is well again */
/* what is not well for so long is not a moment's trouble */
#define RESTART_BACKOFF_LASTING_MS (5 * 60000)
/* ends that are a row, not an accident or a restart by hand */
#define RESTART_BACKOFF_ENDS 3

struct restart_backoff {
	struct process_list last; /* as supervisor showed it last */
	json_t *patience;	  /* by process: milliseconds to the next try, and when that is */
	/* by process: its last pid, how often it has ended in a row, and since_ms when */
	json_t *seen;
	/* by process, of those that end again and again: since_ms, and why in its own words */
	json_t *troubles;
};

/* Refreshes last, and what is known of each. False while supervisor does not answer. */
bool restart_backoff_look(struct restart_backoff *w, const struct bench *b);
/* One look at one process; true when it begins to be in trouble, or for another reason than
 * before. why is what it would be. */
bool restart_backoff_note(struct restart_backoff *w, const struct process *p, int64_t now_ms,
			  const char *why);
/* Starts again what was FATAL when last looked at, after 10 s, 20 s, ... 5 minutes. */
void restart_backoff_revive(struct restart_backoff *w, const struct bench *b);
void restart_backoff_done(struct restart_backoff *w);
