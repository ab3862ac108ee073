/* SPDX-License-Identifier: MIT */
/* Observes the file names that a sandbox's programs look up, whether they exist or not. The kernel holds each
 * call with a path until process 1 of the sandbox has recorded it and lets it continue (seccomp's user
 * notification). This changes nothing in the sandbox and needs no additional rights. */
#pragma once
#include "base/err.h"

struct sandbox_watch {
	int offer, take; /* a socket pair: the worker's end and process 1's */
	int listener;	 /* -1: none, or no process is left to watch */
	void *state;
};

/* In process 1, before the worker is forked. output: descriptor of the file for the records, see struct
 * sandbox. */
struct err *sandbox_watch_begin(int output, struct sandbox_watch *ret) MUST_CHECK;
/* In the worker, with "no new privileges": from now on it and all its descendants are watched. If the kernel
 * does not support that, it is recorded. */
void sandbox_watch_offer(struct sandbox_watch *w);
/* In process 1, after the worker is forked: waits until it is watched. */
void sandbox_watch_take(struct sandbox_watch *w);
/* Records one call and lets it continue; call only if listener is readable. */
void sandbox_watch_answer(struct sandbox_watch *w);
/* Writes all records. */
void sandbox_watch_end(struct sandbox_watch *w);
