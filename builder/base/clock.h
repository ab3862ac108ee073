/* The clock that nobody sets: milliseconds since the machine came up. */
#pragma once
#include <stdint.h>

int64_t clock_ms(void);
void clock_sleep(unsigned ms);
