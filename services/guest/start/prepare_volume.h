/* SPDX-License-Identifier: MIT */
/* Prepares the volume before any program of the bench runs. */
#pragma once
#include "lib/bench.h"
#include "provision/ledger.h"

/* Prepares process 1: signals arrive at a descriptor, orphans become our children. ERR_USAGE: not root, or a
 * wrong setting. */
struct err *prepare_volume_process(int *ret_signals) MUST_CHECK;
/* Removes the clean stamp. A new volume counts as clean. */
struct err *prepare_volume_stamp(const struct bench *b, bool *ret_was_clean) MUST_CHECK;
/* Prepares what Supervisor needs before it starts: folders, memory plan, nginx's map with the sites that
 * earlier starts have finished. Notes an unclean stop in the ledger. */
struct err *prepare_volume(const struct bench *b, bool was_clean) MUST_CHECK;
/* Whether an earlier run has finished the site: it may be open while this run still works. */
bool prepare_volume_finished(const struct bench *b, const struct ledger *l, const struct bench_site *row);
