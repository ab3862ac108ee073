/* SPDX-License-Identifier: MIT */
/* Licences in SPDX's words: expressions of listed ids, and of LicenseRef-SCOPE-NAME where a word is not
 * listed. SCOPE says whose word it is: two packages may call different texts by one name. Pure. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#define LICENSE_REF "LicenseRef-"

/* Of a Debian copyright file in its machine-readable form (copyright-format 1.0): all that its Files
 * paragraphs say, joined by AND. NULL: it is not in that form. The caller's to free. */
char *license_debian(const char *text, size_t len, const char *scope);
/* What Python or Node packages say: an expression when it is one of listed ids, else a
 * reference. The caller's to free. */
char *license_word(const char *word, const char *scope);
/* The next reference of an expression, as "LicenseRef-…" of *ret_len bytes, from *at on, which
 * is moved past it; NULL: no more. */
const char *license_next_ref(const char **at, size_t *ret_len);
