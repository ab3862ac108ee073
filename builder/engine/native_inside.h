/* SPDX-License-Identifier: MIT */
/* Runs a program inside a running container of our own engine: 'mkbench run --exec'. */
#pragma once
#include <sys/types.h>

#include "base/err.h"

/* Joins the container whose process 1 is first, runs argv there with that process' environment, and exits
 * with its status; returns only on failure. */
struct err *native_inside(pid_t first, const char *const *argv) MUST_CHECK;
