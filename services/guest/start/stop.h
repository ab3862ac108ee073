/* SPDX-License-Identifier: MIT */
/* The ordered stop: one row of stop_order after the other, MariaDB last, within a time limit. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/supervisor.h"

/* Stops every process of the list that still runs, within budget_ms. A supervisor other than 0 is asked to
 * stop them, so that it does not restart them. If it does not answer it is killed, and the processes get
 * signals directly. Sets *ret_killed when a store (MariaDB, Redis) had to be killed: the next start
 * recovers. *ret_kept: whether Redis has written its cache for the next start; NULL: it shall not. */
void stop_all(const struct bench *b, const struct process_list *list, pid_t supervisor, unsigned budget_ms,
	      bool *ret_killed, bool *ret_kept);

/* How long a row may take, in ms: its own seconds, unless later rows need the rest of the time. The last
 * row, which holds the data, may take all that is left. */
unsigned stop_share(unsigned row_ms, unsigned later_ms, unsigned left_ms);

/* Our child processes except some (a list that 0 ends), for when Supervisor has died and left its children to
 * us. known tells by the pid which program each one is; MariaDB and Redis are recognised by their names, too.
 */
void stop_orphans(const struct bench *b, const struct process_list *known, const pid_t *except,
		  struct process_list *ret);

/* The limit of a whole stop: $MKBENCH_STOP_SECONDS, or STOP_SECONDS. */
unsigned stop_seconds(void);
#define STOP_SECONDS 10
/* Logs the end of the stop, for people and as an event: builder/contract/event.h. */
void stop_told(int64_t took_ms, bool killed);
