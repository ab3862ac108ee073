/* SPDX-License-Identifier: MIT */
/* The volume before any program of the bench runs. */
#pragma once
#include "lib/bench.h"
#include "provision/ledger.h"

/* Ourselves as process 1: signals come by a descriptor, orphans become our children. ERR_USAGE: not
 * root, or a setting that cannot be. */
struct err *prepare_volume_process(int *ret_signals) MUST_CHECK;
/* Takes the clean stamp away. A new volume is clean. */
struct err *prepare_volume_stamp(const struct bench *b, bool *ret_was_clean) MUST_CHECK;
/* What must be there before supervisor starts: folders, memory plan, nginx's map with the sites that
 * earlier starts have finished. An unclean stop is noted in the ledger. */
struct err *prepare_volume(const struct bench *b, bool was_clean) MUST_CHECK;
/* Whether a site was finished by an earlier run: it may be reached while this one still works. */
bool prepare_volume_finished(const struct bench *b, const struct ledger *l, const struct bench_site *row);
