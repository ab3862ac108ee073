/* SPDX-License-Identifier: MIT */
/* Our part of the container's log: one line for each event, on standard output. */
#pragma once
#include "base/err.h"
#include "contract/event.h"

void log_as(const char *program); /* The word that begins each line: "init", "provision". init, when never
				     called. */
void log_line(const char *fmt, ...) PRINTF(1, 2);
/* Logs the error after the given words, and frees it. */
void log_err(struct err *e, const char *fmt, ...) PRINTF(2, 3);
/* Logs a line for programs: builder/contract/event.h. */
void log_event(const struct event *e);
