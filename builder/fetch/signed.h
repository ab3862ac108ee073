/* SPDX-License-Identifier: MIT */
/* Verifies clear-signed texts (RFC 9580, 7) with gpgv or sqv, whichever is installed. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "store/store.h"

/* Verifies bytes, which must be one clear-signed message with nothing around it, against keys: paths of
 * keyrings, binary or armoured, or an armoured key itself, NULL-terminated. One good signature by one of them
 * suffices, whatever other signatures say. ret_text, the caller's to free, is exactly what was verified.
 * ERR_FETCH otherwise. */
struct err *signed_open(struct store *s, const char *bytes, size_t len, const char *const *keys,
			char **ret_text, size_t *ret_len) MUST_CHECK;

/* Splits a message into the signed text and the armoured signature. False if it is anything but one message:
 * no unsigned text is accepted anywhere, nor a line that a verifier may take for another. */
bool signed_split(const char *bytes, size_t len, struct text *text, struct text *signature);
