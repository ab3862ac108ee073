/* SPDX-License-Identifier: MIT */
/* Starts children of init that run beside it. */
#pragma once
#include <sys/types.h>

/* Starts path with default signals, in a session of its own, so that a terminal's Ctrl-C reaches init alone.
 * Standard output and error go to the descriptor out, or stay ours when out is negative. 0 when it cannot be
 * started; the log says why. */
pid_t spawn(const char *path, char *const *argv, char *const *env, int out);
