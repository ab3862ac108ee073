/* SPDX-License-Identifier: MIT */
/* Feeds a dump to a server's client, without its DEFINER clauses. */
#pragma once
#include <sys/types.h>

#include "base/err.h"

/* A child writes the dump, without DEFINER clauses, into a pipe; ret_fd is its other end. What the dump
 * creates then belongs to the account that loads it. Close ret_fd, then call dump_feed_end, in any case. */
struct err *dump_feed_start(const char *path, int *ret_fd, pid_t *ret_pid) MUST_CHECK;
/* ERR_SYSTEM when the dump could not be read to its end. A client that stops reading is no error here. */
struct err *dump_feed_end(const char *path, pid_t pid) MUST_CHECK;
