/* SPDX-License-Identifier: MIT */
/* provision: prepares the volume and the sites, from wherever it was left. */
#pragma once

#include "lib/bench.h"

/* As a program:
 * - provision: at every start, by init
 * - provision --site NAME [--again]: for benchctl, one site, while the bench runs; --again: also one that was
 *   made before and has been removed by hand since
 * - provision --drop NAME: for benchctl, too
 *
 * Exit status: 0 all is as it should be, 2 environment or bench.json, 6 something failed (the log and
 * steps.json say what): it may be run again at any time, 7 an upgrade failed, the data are as they were, and
 * this instance does not try again by itself. */
#define PROVISION_WENT_BACK 7
int provision_main(int argc, char **argv);
