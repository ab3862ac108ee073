/* SPDX-License-Identifier: MIT */
/* Base64 with padding (RFC 4648, section 4). */
#pragma once
#include <stdbool.h>
#include <stddef.h>

char *base64_encode(const void *bytes, size_t len); /* the caller's to free */
/* ret is NUL-terminated beyond len and the caller's to free. False if the text is not Base64; ret is then
 * NULL. */
bool base64_decode(const char *text, char **ret, size_t *ret_len);
