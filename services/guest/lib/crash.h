/* SPDX-License-Identifier: MIT */
/* Crash points for tests, in every build: MKBENCH_CRASH_AT=STEP:PHASE ends the program with SIGKILL once it
 * gets there. STEP is a step's name as the log shows it; services/guest/README.md lists the phases. */
#pragma once

void crash_at(const char *step, const char *phase);
