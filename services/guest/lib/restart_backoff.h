/* SPDX-License-Identifier: MIT */
/* Watches Supervisor's programs: remembers which end again and again, and why. Restarts those that
 * Supervisor gives up after a number of failed starts; this never gives up. */
#pragma once
#include "lib/supervisor.h"

#define RESTART_BACKOFF_WELL_SECONDS 60 /* after running for so long it is well again */
/* trouble that lasts so long is no passing one */
#define RESTART_BACKOFF_LASTING_MS (5 * 60000)
/* so many ends in a row are no accident and no restart by hand */
#define RESTART_BACKOFF_ENDS 3

struct restart_backoff {
	struct process_list last; /* as Supervisor showed it last */
	json_t *patience;	  /* by process: the delay in milliseconds, and when the next try is */
	/* by process: its last pid, how often it has ended in a row, and since_ms when */
	json_t *seen;
	/* by process, of those that end again and again: since_ms, and why in its own words */
	json_t *troubles;
};

/* Refreshes last and what is known of each process. False while Supervisor does not answer. */
bool restart_backoff_look(struct restart_backoff *w, const struct bench *b);
/* Looks at one process. True when its trouble begins, or has another reason than before. why is the reason
 * to note. */
bool restart_backoff_note(struct restart_backoff *w, const struct process *p, int64_t now_ms,
			  const char *why);
/* Restarts processes that were FATAL at the last look, after 10 s, 20 s, ... 5 minutes. */
void restart_backoff_revive(struct restart_backoff *w, const struct bench *b);
void restart_backoff_done(struct restart_backoff *w);
