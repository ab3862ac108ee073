/* SPDX-License-Identifier: MIT */
#include "base/pace.h"

#include <stdlib.h>

#define WINDOW_SECONDS 30
#define FREE_WINDOWS 20

long pace_window(void)
{
	const char *asked = getenv("MKBENCH_STALL_SECONDS");
	long n = asked ? strtol(asked, NULL, 10) : 0;

	return n > 0 && n <= 3600 ? n : WINDOW_SECONDS;
}

int64_t pace_longest(uint64_t bytes)
{
	return (int64_t)pace_window() * FREE_WINDOWS * 1000 + (int64_t)(bytes / PACE_AVERAGE) * 1000;
}
