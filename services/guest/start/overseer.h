/* SPDX-License-Identifier: MIT */
/* Runs Supervisor as init's child, and starts it again when it ends. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/bench.h"

/* Its output before it has a log, such as why it cannot start; emptied at each start. */
#define OVERSEER_WORDS BENCH_RUN "/supervisord.out"

struct overseer {
	pid_t pid;	   /* 0: it does not run */
	int64_t at, since; /* when to start it, 0: not planned; when it was started */
	unsigned retry_ms;
	char *why; /* the reason of one that ends again and again, in its own words; else NULL */
};

void overseer_start(struct overseer *o, const struct bench *b);
/* It has ended: logs that and the reason, and plans the next start. status is wait's. */
void overseer_ended(struct overseer *o, int status);
/* Forgets the reason once it has run for a minute. */
void overseer_look(struct overseer *o);
/* Ends it; kills it if it has not ended by then. */
void overseer_end(struct overseer *o, const struct bench *b, int64_t until);
void overseer_done(struct overseer *o);
