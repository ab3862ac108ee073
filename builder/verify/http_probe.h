/* SPDX-License-Identifier: MIT */
/* Speaks HTTP/1.1 with a port of 127.0.0.1 as a browser on this machine would with one of several hosts (RFC
 * 9112), and opens websockets (RFC 6455). Each call waits at most two minutes for data. */
#pragma once
#include "base/err.h"

struct http_probe {
	unsigned port;
	const char *host, *path; /* host without a port */
};

/* GET, following redirects as long as they lead to a host on this machine. ret_body is the caller's to
 * free. */
struct err *http_probe_get(const struct http_probe *x, int *ret_status, char **ret_body) MUST_CHECK;
/* Opens a websocket as from the host's own page and receives the first text message, the caller's to free. */
struct err *http_probe_websocket(const struct http_probe *x, char **ret_message) MUST_CHECK;
/* The receiving half: for a connection on which a websocket was requested with that key. */
struct err *http_probe_hear(int fd, const char *key, char **ret_message) MUST_CHECK;
