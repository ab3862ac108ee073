/* SPDX-License-Identifier: MIT */
/* The monitor of our own engine: a process that starts a container's first process in a sandbox, forwards its
 * port, relays the request to stop, and ends with it. */
#pragma once
#include "layer/sandbox/sandbox.h"

struct native_monitor {
	const struct sandbox *room;
	const char *const *argv; /* NULL-terminated: becomes process 1 */
	int listener;		 /* on the host, or -1 */
	unsigned port;		 /* in the sandbox */
	bool stay;		 /* outlives the process that started it */
	const char *log, *pids;	 /* files written */
};

/* Forks the monitor; returns once process 1 runs, or the error that prevented it. */
struct err *native_monitor_start(const struct native_monitor *k) MUST_CHECK;
