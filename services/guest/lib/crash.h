/* SPDX-License-Identifier: MIT */
/* Crash points, for the tests of every boot: MKBENCH_CRASH_AT=STEP:PHASE ends provision with SIGKILL
 * there, once it gets so far. STEP is a step's name as the log shows it; README.md lists the phases. */
#pragma once

void crash_at(const char *step, const char *phase);
