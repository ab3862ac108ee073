/* SPDX-License-Identifier: MIT */
/* Finds why a program has ended, in its own words: the end of its log, without the lines around the reason.
 */
#pragma once
#include <stdbool.h>

#include "lib/supervisor.h"

/* One line fit for a terminal, of about REASON_BYTES at most: the last group of lines in text that report an
 * error, its first line first (or else text's last lines), without time stamps, and with advice where we
 * have some. The caller frees it; "" when text says nothing. */
char *reason_in(const char *text);
#define REASON_BYTES 600

/* Reads the end of a file; "" when it cannot be read. */
char *reason_of_file(const char *path);
/* The reason of a process of Supervisor: from its log, or else from Supervisor's own words. Never empty. */
char *reason_of(const struct process *p);
/* Whether two reasons are the same but for pids and line numbers. */
bool reason_is_same(const char *a, const char *b);
/* Whether Supervisor shows it as failed: BACKOFF, FATAL, EXITED, UNKNOWN. */
bool reason_is_wanted(const struct process *p);
