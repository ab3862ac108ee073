/* SPDX-License-Identifier: MIT */
/* benchctl drop-site. */
#pragma once
#include "lib/bench.h"

/* Asks for the name again unless told not to, and becomes provision, which drops the site. ERR_USAGE when the
 * arguments are wrong or the answer is another. */
struct err *ctl_drop(struct bench *b, int argc, char **argv);
