/* SPDX-License-Identifier: MIT */
/* Why a program has ended, in its own words: what stands at the end of its log, less what only frames it. */
#pragma once
#include <stdbool.h>

#include "lib/supervisor.h"

/* One line fit for a terminal, of about REASON_BYTES at most: the last row of lines of text that tell of an
 * error, its first one first (or else its last lines), without their time stamps, and where it is known what
 * to do. The caller's; "" when text tells nothing. */
char *reason_in(const char *text);
#define REASON_BYTES 600

/* Of the end of a file; "" when it cannot be read. */
char *reason_of_file(const char *path);
/* Of a process that Supervisor has: by its log, or else what Supervisor says of it. Never empty. */
char *reason_of(const struct process *p);
/* The same words, whatever numbers of processes and lines are in them. */
bool reason_is_same(const char *a, const char *b);
/* Whether Supervisor sees it fail: BACKOFF, FATAL, EXITED, UNKNOWN. */
bool reason_is_wanted(const struct process *p);
