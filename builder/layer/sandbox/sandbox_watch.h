/* SPDX-License-Identifier: MIT */
/* Which names the programs of a room ask the file system for, whether they are there or not. The
 * kernel holds each call that has a path until process 1 of the room has noted it and lets it go on
 * (seccomp's user notification): nothing of the room is changed by it, and it needs no right that
 * the room's maker does not have. */
#pragma once
#include "base/err.h"

struct sandbox_watch {
	int offer, take; /* a pair of sockets: the worker's end and process 1's */
	int listener;	 /* -1: there is none, or nobody is left to be watched */
	void *state;
};

/* In process 1, before the worker is forked. output: descriptor of the file for what
 * is noted, see struct sandbox. */
struct err *sandbox_watch_begin(int output, struct sandbox_watch *ret) MUST_CHECK;
/* In the worker, with "no new privileges": from now on it and all that it starts is watched. Where the kernel
 * cannot do that, that is what is noted. */
void sandbox_watch_offer(struct sandbox_watch *w);
/* In process 1, once the worker is forked: waits until it is watched. */
void sandbox_watch_take(struct sandbox_watch *w);
/* Notes one call and lets it go on; only when listener is readable. */
void sandbox_watch_answer(struct sandbox_watch *w);
/* Writes out what is noted. */
void sandbox_watch_end(struct sandbox_watch *w);
