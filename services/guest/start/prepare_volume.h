/* SPDX-License-Identifier: MIT */
/* The volume before any program of the bench runs. */
#pragma once
#include "lib/bench.h"
#include "provision/ledger.h"

/* What must be there before supervisor starts: folders, memory plan, nginx's map with the sites that
 * earlier starts have finished. An unclean stop is noted in the ledger. */
struct err *prepare_volume(const struct bench *b, bool was_clean) MUST_CHECK;
/* Whether a site was finished by an earlier run: it may be reached while this one still works. */
bool prepare_volume_finished(const struct bench *b, const struct ledger *l, const struct bench_site *row);
