/* SPDX-License-Identifier: MIT */
/* Base 64 with its padding (RFC 4648, 4). */
#pragma once
#include <stdbool.h>
#include <stddef.h>

char *base64_encode(const void *bytes, size_t len); /* the caller's */
/* ret is NUL-terminated beyond len, and the caller's; false, and nothing in it, when the text is none. */
bool base64_decode(const char *text, char **ret, size_t *ret_len);
