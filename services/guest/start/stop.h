/* SPDX-License-Identifier: MIT */
/* The ordered stop: row after row of stop_order, MariaDB last, within a budget. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/supervisor.h"

/* Stops every process of the list that still runs, all of it within budget_ms. supervisor, when not
 * 0, is asked to (so that it does not start them again); when it does not answer it is killed, and
 * processes are signalled directly. *ret_killed is set when a store (MariaDB, Redis) had to be
 * killed: the next start recovers. */
void stop_all(const struct bench *b, const struct process_list *list, pid_t supervisor, unsigned budget_ms,
	      bool *ret_killed);

/* How long a row may take, in ms: its own seconds, unless the rows after it need the rest of what is left;
 * the last row, which holds the data, may take all of it. */
unsigned stop_share(unsigned row_ms, unsigned later_ms, unsigned left_ms);

/* The processes whose parent we are, except some (a list that 0 ends): for when supervisor has died and
 * left its children to us. Which program each is tells its number in known, or for the stores, which
 * must not be mistaken, its name. */
void stop_orphans(const struct bench *b, const struct process_list *known, const pid_t *except,
		  struct process_list *ret);

/* What a whole stop may take: $MKBENCH_STOP_SECONDS, or STOP_SECONDS. */
unsigned stop_seconds(void);
#define STOP_SECONDS 10
/* The last words, for people and as an event: builder/contract/event.h. */
void stop_told(int64_t took_ms, bool killed);

bool stop_has_child(pid_t pid); /* an RQ worker without one is idle */
bool stop_is_alive(pid_t pid);	/* neither gone nor a zombie */
