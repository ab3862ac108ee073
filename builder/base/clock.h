/* SPDX-License-Identifier: MIT */
/* The clock that nobody sets: milliseconds since the machine came up. */
#pragma once
#include <stdint.h>

int64_t clock_ms(void);
void clock_sleep(unsigned ms);
/* Names the time since the machine came up, the caller's; empty where the kernel does not tell:
 * then one start looks like another. */
char *clock_boot(void);
