/* SPDX-License-Identifier: MIT */
/* A run of provision for benchctl. */
#pragma once
#include "base/err.h"

/* Runs provision with these words (NULL ends them) to its end; its exit status. A signal that ended
 * it ends us with the same status. */
struct err *ctl_provide(const char *what, const char *name, const char *more, int *ret_status) MUST_CHECK;
