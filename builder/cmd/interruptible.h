/* SPDX-License-Identifier: MIT */
/* Runs a task in its own process, so that its leftovers can be removed if it is interrupted. */
#pragma once
#include "base/err.h"

/* Runs the task to its end and returns its error. SIGINT and SIGTERM, which the caller has caught
 * (engine/interrupt.h), end the task and all programs it started; the result is then ERR_INTERRUPT. */
struct err *interruptible_run(struct err *(*task)(void *arg), void *arg) MUST_CHECK;
