/* SPDX-License-Identifier: MIT */
/* benchctl status --startup: shows where the last start spent its time, one line for each phase in order.
 * Each phase waits for the one before, so a faster start must shorten one of them. */
#pragma once
#include "base/err.h"

struct err *ctl_startup_print(void) MUST_CHECK;
