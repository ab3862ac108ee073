/* SPDX-License-Identifier: MIT */
/* benchctl add-site. */
#pragma once
#include "lib/bench.h"

#define CTL_ADD_ARGUMENTS "NAME [--template T|--app A...] [--host H]... [--again]"

/* Makes the site while the bench runs; one that does not work is removed again.
 * ret_status: what provision says. */
struct err *ctl_add(struct bench *b, int argc, char **argv, int *ret_status);
