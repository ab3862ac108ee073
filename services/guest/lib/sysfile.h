/* SPDX-License-Identifier: MIT */
/* Files of /proc and /sys: they say that they are empty, so file_read will not do. */
#pragma once
#include <stddef.h>

/* All of it, "" when it cannot be read; the caller's. ret_len may be NULL. */
char *sysfile_read(const char *path, size_t *ret_len);
