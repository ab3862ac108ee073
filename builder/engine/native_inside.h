/* SPDX-License-Identifier: MIT */
/* A program in a room that runs: 'mkbench run --exec' of our own engine. */
#pragma once
#include <sys/types.h>

#include "base/err.h"

/* Joins the room whose process 1 is first, runs argv there with the environment of that process, and exits
 * with its status; returns when it cannot. */
struct err *native_inside(pid_t first, const char *const *argv) MUST_CHECK;
