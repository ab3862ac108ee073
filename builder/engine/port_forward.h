/* SPDX-License-Identifier: MIT */
/* A TCP forwarder in one thread: connections to a socket of the host are forwarded to a port of 127.0.0.1 in
 * the caller's network namespace. */
#pragma once

struct forward;

/* listener must be listening already; it remains the caller's. */
struct forward *port_forward_new(int listener, unsigned port);
void port_forward_free(struct forward *f);
/* Forwards until wake is readable. */
void port_forward_serve(struct forward *f, int wake);
