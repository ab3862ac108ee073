/* SPDX-License-Identifier: MIT */
/* Checks that people and YAML read a text file alike. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct problems;

/* False, with one problem at the first byte that is not allowed: UTF-16, a byte order mark, NUL and other
 * control characters, invalid UTF-8 (RFC 3629), and characters that YAML but not editors treat as a line
 * break. */
bool legible_check(const char *bytes, size_t len, struct problems *p);
