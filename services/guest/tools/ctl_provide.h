/* SPDX-License-Identifier: MIT */
/* Runs provision for benchctl. */
#pragma once
#include "base/err.h"

/* Runs provision with these words (NULL ends them) to its end; *ret_status is its exit status. A signal that
 * ends it ends benchctl with the same status. */
struct err *ctl_provide(const char *what, const char *name, const char *more, int *ret_status) MUST_CHECK;
