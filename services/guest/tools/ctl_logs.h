/* SPDX-License-Identifier: MIT */
/* benchctl logs: prints and follows logs. */
#pragma once
#include "lib/bench.h"

/* Prints the last lines of a program's log, or of NAME.log in DATA/service-logs or DATA/logs, and follows it
 * when asked. Without a name: lists the logs. */
struct err *ctl_logs(const struct bench *b, const char *name, unsigned lines, bool follow) MUST_CHECK;
