/* SPDX-License-Identifier: MIT */
/* Connections to programs of this machine: a Unix socket, or a port of 127.0.0.1. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* A non-blocking descriptor, connected to the socket at path, or to port when path is NULL. ERR_SYSTEM after
 * limit_ms. */
struct err *socket_connect(const char *path, unsigned port, unsigned limit_ms, int *ret_fd) MUST_CHECK;
/* Waits for poll(2) events until a time of clock_ms(): false when that time has come. */
bool socket_wait(int fd, short events, int64_t until_ms);
/* Whether the server at path speaks first, as MariaDB does to every client. */
bool socket_greets(const char *path, unsigned limit_ms);
bool socket_is_free(unsigned port); /* whether something may listen on 127.0.0.1:port now */
bool socket_has_ipv6(void);	    /* whether something may listen on [::] here */
