/* SPDX-License-Identifier: MIT */
/* The wait page of a standby: answers 503 to every request until init takes the volume. */
#pragma once
#include <sys/types.h>

#include "lib/bench.h"

#define STANDBY_PAGE "/usr/share/mkbench/wait.html"

struct standby {
	pid_t pid; /* the child that serves; 0: none */
	int64_t retry_at;
	char *refused; /* why the last try failed, in standby_look's words */
};

/* Listens on the published port, and serves in a child that has the bench user's rights alone. An error when
 * the port is not free, as beside an instance in the same network. */
struct err *standby_start(struct standby *s, const struct bench *b) MUST_CHECK;
/* Starts it if it does not serve, at most every five seconds. Returns why this is a standby, and why nothing
 * is served if so; the caller frees it. */
char *standby_look(struct standby *s, const struct bench *b);
/* Ends it and frees the port. */
void standby_end(struct standby *s);
