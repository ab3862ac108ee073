/* SPDX-License-Identifier: MIT */
/* Clear-signed texts (RFC 9580, 7), verified by gpgv or sqv, whichever is installed. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "store/store.h"

/* Verifies bytes, which are one clear-signed message and nothing around it, against keys: paths of
 * keyrings, binary or armoured, or an armoured key itself, NULL-terminated. One good
 * signature by one of them suffices; a bad one beside it does not. ret_text, the caller's, is
 * exactly what was verified. ERR_FETCH otherwise. */
struct err *signed_open(struct store *s, const char *bytes, size_t len, const char *const *keys,
			char **ret_text, size_t *ret_len) MUST_CHECK;

/* Cuts a message into the text, as signatures cover it, and the armoured signature. False
 * when it is anything but one message: text that nobody signed may stand nowhere. */
bool signed_split(const char *bytes, size_t len, struct text *text, struct text *signature);
