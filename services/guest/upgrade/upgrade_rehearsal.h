/* SPDX-License-Identifier: MIT */
/* A rehearsal (MKBENCH_REHEARSE): a start that only tries an upgrade on a copy of a volume. Nobody is let
 * in, no job runs, and afterwards the copy is as before. */
#pragma once
#include "lib/bench.h"

#define UPGRADE_REHEARSAL_MARK BENCH_OWN "/rehearsal.json" /* a file that only a copy has */

bool upgrade_rehearsal_wanted(void);
/* An error when a rehearsal is asked for on data that are no copy, or a normal start on data that are one. */
struct err *upgrade_rehearsal_check(const struct bench *b) MUST_CHECK;
