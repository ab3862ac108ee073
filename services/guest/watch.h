/* Looks after what supervisor gives up: it stops trying after a number of failed starts, we never do. */
#pragma once
#include "supervisor.h"

struct watch {
	struct process_list last; /* as supervisor showed it last */
	json_t *patience;         /* by process: milliseconds to the next try, and when that is */
};

/* Refreshes last. False while supervisor does not answer. */
bool watch_look(struct watch *w, const struct bench *b);
/* Starts again what was FATAL when last looked at, after 10 s, 20 s, ... 5 minutes. */
void watch_revive(struct watch *w, const struct bench *b);
void watch_done(struct watch *w);
