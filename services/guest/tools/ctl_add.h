/* SPDX-License-Identifier: MIT */
/* benchctl add-site: makes a site while the bench runs. */
#pragma once
#include "lib/bench.h"

#define CTL_ADD_ARGUMENTS "NAME [--template T|--app A...] [--host H]... [--again]"

/* Makes the site and removes it again if it does not work. ret_status: provision's exit status. */
struct err *ctl_add(struct bench *b, int argc, char **argv, int *ret_status);
