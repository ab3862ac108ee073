/* SPDX-License-Identifier: MIT */
/* The gate to the network: an HTTP proxy on the sandbox's loopback, served by a separate process outside.
 * Through it a step can read (GET, HEAD, CONNECT) from the hosts in the builder's settings and from public
 * addresses at ports 80 and 443. It cannot reach this machine or its network. The gate adds the login for an
 * index that needs one; the step never has it. */
#pragma once
#include "base/err.h"

#define SANDBOX_GATE_PORT 3128

/* Starts the gate process; call before the sandbox's namespaces are made. hosts: as in struct sandbox. ret_fd
 * is for sandbox_gate_open; the sandbox's process 1 keeps it open for the sandbox's lifetime. */
struct err *sandbox_gate_start(const char *const *hosts, int *ret_fd) MUST_CHECK;
/* Opens the port in the sandbox's network namespace and passes it to the gate process. */
struct err *sandbox_gate_open(int fd) MUST_CHECK;
/* The gate process, `mkbench --gate [HOST...]`; its standard input is the other end of ret_fd. */
int sandbox_gate_main(char **argv);
