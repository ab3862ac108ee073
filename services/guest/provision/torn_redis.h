/* SPDX-License-Identifier: MIT */
/* What a power cut leaves of the files of Redis, mended before it starts. */
#pragma once
#include "lib/bench.h"

/* Before Redis starts: a list of its files that is gone or damaged is written again from the files; a
 * snapshot without a byte in it, or a folder in its place, is put aside. */
void torn_redis(const struct bench *b, const struct bench_redis *r);
