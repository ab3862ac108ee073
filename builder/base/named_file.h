/* SPDX-License-Identifier: MIT */
/* Files that a person names on a command line: what a link leads to is written, so that the
 * link stays; into a device, a pipe or a socket, such as /dev/stdout, the bytes go as they
 * are, and no file takes its place. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/* The path to write, the caller's. ret_stream: it is none that may be renamed over. */
char *named_file_target(const char *path, bool *ret_stream);
/* file_write of such a path; mode is a new file's. */
struct err *named_file_write(const char *path, const void *bytes, size_t len, mode_t mode) MUST_CHECK;
