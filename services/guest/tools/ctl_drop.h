/* SPDX-License-Identifier: MIT */
/* benchctl drop-site: closes a site and puts it aside. */
#pragma once
#include "lib/bench.h"

/* Asks the person to type the name again, unless told not to, then becomes provision, which drops the site.
 * ERR_USAGE when the arguments are wrong or the answer differs. */
struct err *ctl_drop(struct bench *b, int argc, char **argv);
