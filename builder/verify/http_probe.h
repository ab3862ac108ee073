/* SPDX-License-Identifier: MIT */
/* HTTP/1.1 with a port of 127.0.0.1, as a browser on this machine would speak it to one of several hosts (RFC
 * 9112), and the opening of a websocket (RFC 6455). Each call takes two minutes at most for one silence. */
#pragma once
#include "base/err.h"

struct http_probe {
	unsigned port;
	const char *host, *path; /* host without a port */
};

/* GET, redirections followed as far as this machine has the host. ret_body is the caller's to free. */
struct err *http_probe_get(const struct http_probe *x, int *ret_status, char **ret_body) MUST_CHECK;
/* Opens a websocket from the host's own page and hears the first message, a text, the caller's to free. */
struct err *http_probe_websocket(const struct http_probe *x, char **ret_message) MUST_CHECK;
/* The half that listens: on a connection where a websocket was asked for with that key. */
struct err *http_probe_hear(int fd, const char *key, char **ret_message) MUST_CHECK;
