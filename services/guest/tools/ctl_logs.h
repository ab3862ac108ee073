/* SPDX-License-Identifier: MIT */
/* benchctl logs. */
#pragma once
#include "lib/bench.h"

/* Prints the last lines of a program's log, or of NAME.log in DATA/service-logs or DATA/logs; goes on as
 * it grows when asked. Without a
 * name: which logs there are. */
struct err *ctl_logs(const struct bench *b, const char *name, unsigned lines, bool follow) MUST_CHECK;
