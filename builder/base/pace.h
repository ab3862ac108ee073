/* SPDX-License-Identifier: MIT */
/* The slowest transfer that is tolerated, one rule for all. In each window of MKBENCH_STALL_SECONDS (30) at
 * least PACE_LEAST bytes a second must arrive. After twenty windows the average since the start must be at
 * least PACE_AVERAGE bytes a second, so that larger transfers may take longer. */
#pragma once
#include <stdint.h>

#define PACE_LEAST 256
#define PACE_AVERAGE 2048

/* The length of a window in seconds. */
long pace_window(void);
/* The longest time in milliseconds that a transfer of that many bytes may have taken. */
int64_t pace_longest(uint64_t bytes);
