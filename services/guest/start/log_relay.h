/* SPDX-License-Identifier: MIT */
/* Copies the programs' logs to the container's output: follows each file of DATA/service-logs and writes
 * each new line to standard output as "NAME | LINE". It is a process of its own, so that a slow reader of
 * the output delays nothing else. */
#pragma once
#include <sys/types.h>

#include "lib/bench.h"

#define LOG_RELAY_LINE_BYTES 2000 /* longest line; the rest is left out */
#define LOG_RELAY_LINES 200	  /* lines of one file at once; then */
#define LOG_RELAY_LINES_SECOND 20 /* a second; the rest is counted, and in the file alone */

/* relay all|events: all files, or Supervisor's alone. Runs until TERM, then writes what is left and ends. */
int log_relay_main(int argc, char **argv);

/* Used by init: starts the process (0: none) and ends it once the programs have stopped. On a disk the
 * console and the journal get events alone. */
pid_t log_relay_start(const struct bench *b);
void log_relay_end(pid_t pid, unsigned limit_ms);
