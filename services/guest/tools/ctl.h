/* SPDX-License-Identifier: MIT */
/* benchctl: what a person does in the container. */
#pragma once
#include "lib/bench.h"

/* Exit status: 0 done, 1 status says that something is wrong, 2 usage, 6 it failed. */
int ctl_main(int argc, char **argv);
