/* SPDX-License-Identifier: MIT */
/* The program `provision`: prepares the volume and the sites, and goes on from wherever an earlier run
 * ended. */
#pragma once

#include "lib/bench.h"

/* Arguments:
 * - provision: at every start, by init
 * - provision --site NAME [--again]: one site, while the bench runs, by benchctl; --again: also a site that
 * was made before and that a person has removed by hand
 * - provision --drop NAME: by benchctl
 *
 * Exit status: 0 everything is as it should be; 2 a wrong environment or bench.json; 6 something failed (the
 * log and steps.json say what), and it may run again at any time; 7 an upgrade failed, the data are as they
 * were, and this instance does not try again by itself. */
#define PROVISION_WENT_BACK 7
int provision_main(int argc, char **argv);
