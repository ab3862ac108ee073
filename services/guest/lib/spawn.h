/* SPDX-License-Identifier: MIT */
/* Children of init that run beside it. */
#pragma once
#include <sys/types.h>

/* Starts path with signals as usual, in a session of its own: a terminal's Ctrl-C is for init alone.
 * Standard output and error go to the descriptor out, or stay ours when it is negative. 0 when it
 * cannot be started, which is said. */
pid_t spawn(const char *path, char *const *argv, char *const *env, int out);
