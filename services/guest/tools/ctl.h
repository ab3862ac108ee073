/* SPDX-License-Identifier: MIT */
/* The program benchctl: commands for a person in the container. */
#pragma once
#include "lib/bench.h"

/* Exit status: 0 done, 1 the bench has a problem, 2 usage, 6 the command failed. */
int ctl_main(int argc, char **argv);
