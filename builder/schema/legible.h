/* SPDX-License-Identifier: MIT */
/* Which bytes may stand in a text file that people and YAML must read alike. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct problems;

/* False after one problem at the first byte that may not be there: UTF-16, a byte
 * order mark, NUL and other control characters, bytes that are not UTF-8 (RFC 3629),
 * and characters that YAML takes for a line break and editors do not. */
bool legible_check(const char *bytes, size_t len, struct problems *p);
