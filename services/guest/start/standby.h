/* SPDX-License-Identifier: MIT */
/* The wait page of a standby: 503 to everybody who asks for anything, until init takes the volume. */
#pragma once
#include <sys/types.h>

#include "lib/bench.h"

#define STANDBY_PAGE "/usr/share/mkbench/wait.html"

struct standby {
	pid_t pid; /* of the child that serves; 0: none does */
	int64_t retry_at;
	char *refused; /* why the last try was not successful, in standby_look's words */
};

/* Listens on the published port and serves in a child, which has no rights but those of the bench's user.
 * Refused when the port is not free, as beside an instance in the same network. */
struct err *standby_start(struct standby *s, const struct bench *b) MUST_CHECK;
/* Starts it if it does not serve, at most every five seconds. Why this is a standby, and why nothing
 * is served if so; the caller's. */
char *standby_look(struct standby *s, const struct bench *b);
/* Ends it, so that the port is free. */
void standby_end(struct standby *s);
