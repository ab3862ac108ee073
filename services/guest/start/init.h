/* SPDX-License-Identifier: MIT */
/* Process 1 of a container. Exit status: 0 stopped in order, 1 stopped but a store had to be killed (the next
 * start recovers), 2 environment or bench.json, 6 the volume cannot be used or the system refuses, 137
 * at a crash point of the tests. */
#pragma once

int init_main(int argc, char **argv);
