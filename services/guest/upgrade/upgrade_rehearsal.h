/* SPDX-License-Identifier: MIT */
/* A start that only tries an upgrade, MKBENCH_REHEARSE, on a copy of a volume: nobody is let in, no job runs,
 * and the copy is as before afterwards. */
#pragma once
#include "lib/bench.h"

#define UPGRADE_REHEARSAL_MARK BENCH_OWN "/rehearsal.json" /* what only a copy has */

bool upgrade_rehearsal_wanted(void);
/* Refuses to rehearse on data that are no copy, and to serve data that are one. */
struct err *upgrade_rehearsal_check(const struct bench *b) MUST_CHECK;
