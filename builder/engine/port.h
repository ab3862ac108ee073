/* SPDX-License-Identifier: MIT */
/* TCP ports of 127.0.0.1. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

/* ret_fd is non-blocking and the caller's to close. ERR_USAGE if the port is taken. */
struct err *port_listen(unsigned port, int *ret_fd) MUST_CHECK;
/* The first free port from that number on, out of 100, and a listener that reserves it; 0: none. */
unsigned port_free(unsigned from, int *ret_fd);
/* Closes a listener, so that another process can listen there; -1 is ignored. */
void port_drop(int *fd);
/* Whether a connection is accepted. */
bool port_open(unsigned port);
