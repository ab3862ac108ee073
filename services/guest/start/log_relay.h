/* SPDX-License-Identifier: MIT */
/* The programs' lines for who reads the container's own output: each file of DATA/service-logs is followed,
 * and what is added to it is written to standard output as "NAME | LINE". A process of its own, so that a
 * reader who does not read holds up nothing else. */
#pragma once
#include <sys/types.h>

#include "lib/bench.h"

#define LOG_RELAY_LINE_BYTES 2000 /* of a line; the rest is left out */
#define LOG_RELAY_LINES 200	  /* of one file at once; then */
#define LOG_RELAY_LINES_SECOND 20 /* a second; what is more is counted, and only in the file */

/* relay all|events: all of them, or Supervisor's own alone. Runs until a TERM, then
 * writes what there is and ends. */
int log_relay_main(int argc, char **argv);

/* For init: its process, or 0; and its end, once the programs have stopped. On a disk the console
 * and the journal are for events. */
pid_t log_relay_start(const struct bench *b);
void log_relay_end(pid_t pid, unsigned limit_ms);
