/* SPDX-License-Identifier: MIT */
/* benchctl restart. */
#pragma once
#include "lib/bench.h"

/* Restarts the processes of one name or row, or else, as with "GROUP:*", of the group of that name; without a
 * name those of the framework (web, workers, scheduler, socketio), which is what new code or configuration
 * wants. Waits for each to stop by itself; when the caller is killed meanwhile, or one cannot be stopped, all
 * that were stopped are started nonetheless. */
struct err *ctl_restart(const struct bench *b, const char *name) MUST_CHECK;
