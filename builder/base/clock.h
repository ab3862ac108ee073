/* SPDX-License-Identifier: MIT */
/* A monotonic clock: milliseconds since the machine booted. Nobody can set it. */
#pragma once
#include <stdint.h>

int64_t clock_ms(void);
void clock_sleep(unsigned ms);
/* An identifier of this boot, the caller's to free. Empty if the kernel does not provide one; then boots
 * cannot be told apart. */
char *clock_boot(void);
