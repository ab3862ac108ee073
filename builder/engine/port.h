/* SPDX-License-Identifier: MIT */
/* TCP ports of 127.0.0.1. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

/* ret_fd is the caller's, without blocking. ERR_USAGE when the port is taken. */
struct err *port_listen(unsigned port, int *ret_fd) MUST_CHECK;
/* The first free port from there on, 100 of them tried, and the listener that keeps it so; 0: none. */
unsigned port_free(unsigned from, int *ret_fd);
/* Closes a listener, for somebody else to listen there; -1 is none. */
void port_drop(int *fd);
/* Whether something accepts a connection. */
bool port_open(unsigned port);
