/* SPDX-License-Identifier: MIT */
/* A task in a process of its own, so that what it leaves can be removed when it is interrupted. */
#pragma once
#include "base/err.h"

/* Runs the task to its end and hands on its error. SIGINT and SIGTERM, which the caller has caught
 * (engine/interrupt.h), end it and all programs that it has started: ERR_INTERRUPT then. */
struct err *interruptible_run(struct err *(*task)(void *arg), void *arg) MUST_CHECK;
