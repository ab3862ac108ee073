/* SPDX-License-Identifier: MIT */
/* Runs expensive programs only once: many maintainer scripts call them, and each call repeats the work of the
 * last. While packages are configured the calls are only recorded; at the end each program runs once. Both
 * functions run inside the sandbox. */
#pragma once
#include "layer/deb/installed.h"

/* Replaces the programs by a recorder. Needs all rights in the sandbox (struct sandbox, before). */
struct err *triggers_begin(void) MUST_CHECK;
/* Runs the programs that were called; packages tell which modules they cover. */
struct err *triggers_end(const struct installed *packages, size_t count) MUST_CHECK;
