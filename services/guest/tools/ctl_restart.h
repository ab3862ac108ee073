/* SPDX-License-Identifier: MIT */
/* benchctl restart: restarts programs. */
#pragma once
#include "lib/bench.h"

/* Restarts the processes of one name or row; if there is none, and with "GROUP:*", those of the group of
 * that name; without a name the framework's (web, workers, scheduler, socketio), which new code or
 * configuration needs. Waits until each has stopped by itself. If the caller is killed meanwhile, or a
 * process cannot be stopped, all that were stopped are started nonetheless. */
struct err *ctl_restart(const struct bench *b, const char *name) MUST_CHECK;
