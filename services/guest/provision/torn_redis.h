/* SPDX-License-Identifier: MIT */
/* Repairs Redis' files after a power cut, before Redis starts. */
#pragma once
#include "lib/bench.h"

/* Writes a lost or damaged manifest again from the files that exist; puts an empty snapshot, or a folder in
 * its place, aside. */
void torn_redis(const struct bench *b, const struct bench_redis *r);
