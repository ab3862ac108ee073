/* SPDX-License-Identifier: MIT */
/* How slow a transfer may be, one rule for all of them: PACE_LEAST bytes a second in any window of
 * MKBENCH_STALL_SECONDS (30), and after twenty windows PACE_AVERAGE bytes a second since its beginning, so
 * that what is larger may take longer. */
#pragma once
#include <stdint.h>

#define PACE_LEAST 256
#define PACE_AVERAGE 2048

/* Seconds of a window. */
long pace_window(void);
/* Milliseconds that a transfer which has brought so many bytes may have taken. */
int64_t pace_longest(uint64_t bytes);
