/* SPDX-License-Identifier: MIT */
/* Process 1 of a container: takes the volume, starts everything, and stops it in order. Exit status: 0
 * stopped in order; 1 stopped, but MariaDB or Redis had to be killed (the next start recovers); 2 a wrong
 * environment or bench.json; 6 the volume cannot be used, or the system refuses; 7 stopped in order after an
 * upgrade that failed; 137 at a crash point of the tests. */
#pragma once

int init_main(int argc, char **argv);
