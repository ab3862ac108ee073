/* SPDX-License-Identifier: MIT */
/* Secrets of the volume, /data/secrets/SITE/NAME: one file each, made once. Beside each file lies its last
 * good copy, NAME.copy, which replaces the file when it is lost or torn. */
#pragma once
#include <stddef.h>

#include "base/err.h"

enum secret_kind {
	/* 52 of 31 letters and digits in groups of four: 257 bits, for people who type it */
	SECRET_READABLE,
	SECRET_WORD,   /* 43 letters and digits: 256 bits, safe inside any quotes */
	SECRET_FERNET, /* 32 bytes as URL-safe base64: a Fernet key */
};

char *secret_make(enum secret_kind kind); /* from the kernel's random source; the caller frees it */

/* Reads PATH, or its copy. ret is NULL when neither was ever made. Restores a lost or damaged one from the
 * other. */
struct err *secret_read(const char *path, char **ret) MUST_CHECK;
/* Writes the copy first, then the file: both atomically, with mode 0600. */
struct err *secret_write(const char *path, const char *value) MUST_CHECK;
/* Reads it, or makes it: from given when that is not NULL, else a new one of that kind. */
struct err *secret_keep(const char *path, const char *given, enum secret_kind kind, char **ret) MUST_CHECK;

/* Overwrites every occurrence of a secret in text with asterisks. */
void secret_hide(char *text, const char *secret);
