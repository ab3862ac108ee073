/* SPDX-License-Identifier: MIT */
/* Supervisor as init's child: started, and started again when it ends. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/bench.h"

/* What it says before it has a log, such as why it cannot start; emptied at each start. */
#define OVERSEER_WORDS BENCH_RUN "/supervisord.out"

struct overseer {
	pid_t pid;	   /* 0: it does not run */
	int64_t at, since; /* when to start it, 0: not planned; when it was started */
	unsigned retry_ms;
	char *why; /* of one that ends again and again: why, in its own words; else NULL */
};

void overseer_start(struct overseer *o, const struct bench *b);
/* It has ended: says so and why, and plans the next start. status is wait's. */
void overseer_ended(struct overseer *o, int status);
/* Forgets why once it has lived for a minute. */
void overseer_look(struct overseer *o);
/* Ends it, by a kill when it has not ended by then. */
void overseer_end(struct overseer *o, const struct bench *b, int64_t until);
void overseer_done(struct overseer *o);
