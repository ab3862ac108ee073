/* SPDX-License-Identifier: MIT */
/* The way out of a room with network: an HTTP proxy on its loopback that is served from outside, by a program
 * of its own. It lets a step read (GET, HEAD, CONNECT) from hosts that the builder's settings name, and from
 * public addresses at ports 80 and 443; nothing of this machine or of its network is in reach. To an index
 * that wants a login it adds it; the step has none. */
#pragma once
#include "base/err.h"

#define SANDBOX_GATE_PORT 3128

/* Before the room's namespaces are made: starts the program. hosts: as in struct sandbox. ret_fd, kept by the
 * room's process 1 as long as the room is, is what sandbox_gate_open needs. */
struct err *sandbox_gate_start(const char *const *hosts, int *ret_fd) MUST_CHECK;
/* In the room's network namespace: opens the port, and gives it to the program. */
struct err *sandbox_gate_open(int fd) MUST_CHECK;
/* The program, as `mkbench --gate [HOST...]`; its standard input is the other end. */
int sandbox_gate_main(char **argv);
