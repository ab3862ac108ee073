/* SPDX-License-Identifier: MIT */
/* A TCP forwarder in one thread: what connects to a socket of the host is passed on to
 * a port of 127.0.0.1 in the network namespace of the caller. */
#pragma once

struct forward;

/* listener listens already, and stays the caller's. */
struct forward *port_forward_new(int listener, unsigned port);
void port_forward_free(struct forward *f);
/* Serves until wake is readable. */
void port_forward_serve(struct forward *f, int wake);
