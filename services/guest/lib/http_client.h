/* SPDX-License-Identifier: MIT */
/* One HTTP/1.0 exchange on this machine, over a Unix socket or 127.0.0.1, with a time limit. */
#pragma once
#include <stdint.h>

#include "base/err.h"

struct http_client_question {
	const char *socket; /* the socket's path, or NULL for 127.0.0.1:port */
	unsigned port;
	const char *path, *host;
	const char *body;  /* NULL: GET; else POST as text/xml */
	unsigned limit_ms; /* for the whole exchange */
};

/* Returns the answer's status and up to 4 MiB of its body (NUL-terminated; the caller frees it; NULL when
 * not wanted). ERR_SYSTEM when no answer arrives in time. */
struct err *http_client_ask(const struct http_client_question *q, int *ret_status,
			    char **ret_body) MUST_CHECK;
/* The listening half: sends an answer over a connection, until that time of the monotonic clock in ms. */
struct err *http_client_hear(int fd, int64_t until, int *ret_status, char **ret_body) MUST_CHECK;
