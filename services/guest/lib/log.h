/* SPDX-License-Identifier: MIT */
/* What the container's log shows of us: one line an event, on standard output. */
#pragma once
#include "base/err.h"
#include "contract/event.h"

void log_as(const char *program); /* "init", "provision": begins each line; init, when never called */
void log_line(const char *fmt, ...) PRINTF(1, 2);
/* Says what went wrong after the given words and frees it. */
void log_err(struct err *e, const char *fmt, ...) PRINTF(2, 3);
/* A line that is for programs: builder/contract/event.h. */
void log_event(const struct event *e);
