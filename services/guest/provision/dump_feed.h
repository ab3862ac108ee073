/* SPDX-License-Identifier: MIT */
/* A dump on its way into a server. */
#pragma once
#include <sys/types.h>

#include "base/err.h"

/* A child writes the dump, without DEFINER clauses, into a pipe whose other end is ret_fd: what the dump
 * makes is then of the account that reads it in. Close ret_fd, then dump_feed_end, in any case. */
struct err *dump_feed_start(const char *path, int *ret_fd, pid_t *ret_pid) MUST_CHECK;
/* ERR_SYSTEM when the dump could not be read to its end; that nobody wanted the rest is no error of ours. */
struct err *dump_feed_end(const char *path, pid_t pid) MUST_CHECK;
