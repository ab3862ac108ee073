/* SPDX-License-Identifier: MIT */
/* The keeper: a process that starts a container's first process in a room, forwards its
 * port, passes the request to stop on, and ends with it. */
#pragma once
#include "layer/sandbox/sandbox.h"

struct native_monitor {
	const struct sandbox *room;
	const char *const *argv; /* NULL-terminated: becomes process 1 */
	int listener;		 /* of the host, or -1 */
	unsigned port;		 /* in the room */
	bool stay;		 /* outlives the process that started it */
	const char *log, *pids;	 /* files written */
};

/* Forks the keeper; returns once process 1 runs, or with what kept it from that. */
struct err *native_monitor_start(const struct native_monitor *k) MUST_CHECK;
