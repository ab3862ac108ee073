/* SPDX-License-Identifier: MIT */
/* Writes licences as SPDX expressions: listed ids, and LicenseRef-SCOPE-NAME for a name that is not listed.
 * SCOPE says who uses the name, because two packages may call different texts by one name. Pure. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#define LICENSE_REF "LicenseRef-"

/* From a Debian copyright file in the machine-readable format (copyright-format 1.0): the licences of its
 * Files paragraphs, joined by AND. NULL: another format. The caller's to free. */
char *license_debian(const char *text, size_t len, const char *scope);
/* From the licence field of a Python or Node package: an expression if it consists of listed ids, else a
 * reference. The caller's to free. */
char *license_word(const char *word, const char *scope);
/* The next "LicenseRef-…" of an expression, *ret_len bytes, from *at on, which is moved past it; NULL: no
 * more. */
const char *license_next_ref(const char **at, size_t *ret_len);
