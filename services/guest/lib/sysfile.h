/* SPDX-License-Identifier: MIT */
/* Reads files of /proc and /sys, which claim to be empty, so that file_read cannot read them. */
#pragma once
#include <stddef.h>

/* All of the file, "" when it cannot be read; the caller frees it. ret_len may be NULL. */
char *sysfile_read(const char *path, size_t *ret_len);
