/* SPDX-License-Identifier: MIT */
/* benchctl status --startup: where the time of the last start went, a line a phase in the
 * order of their beginning. Each waits for the one before, so all of them are the way that a
 * faster start has to be found on. */
#pragma once
#include "base/err.h"

struct err *ctl_startup_print(void) MUST_CHECK;
