/* SPDX-License-Identifier: MIT */
/* Output files that a person names on a command line. If the name is a link, its target is written and the
 * link stays. If it is a device, a pipe or a socket, such as /dev/stdout, the bytes are written into it and
 * it is not replaced. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/* The path to write to, the caller's to free. ret_stream: it must not be replaced by a rename. */
char *named_file_target(const char *path, bool *ret_stream);
/* file_write for such a path; mode applies to a new file. */
struct err *named_file_write(const char *path, const void *bytes, size_t len, mode_t mode) MUST_CHECK;
