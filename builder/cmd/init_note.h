/* SPDX-License-Identifier: MIT */
/* What mkbench init says beside its questions: a line on standard error, and one line whatever names of
 * others are in it. */
#pragma once
#include "base/err.h"

void init_note(const char *fmt, ...) PRINTF(1, 2);
