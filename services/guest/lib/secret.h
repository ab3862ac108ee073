/* SPDX-License-Identifier: MIT */
/* Secrets of the volume: one file each, made once and never again, /data/secrets/SITE/NAME.
 * Beside each lies a last-good copy (NAME.copy) that stands in when the file is lost or torn. */
#pragma once
#include <stddef.h>

#include "base/err.h"

enum secret_kind {
	/* 52 of 31 letters and digits in groups of four: 257 bits, to be typed by a person */
	SECRET_READABLE,
	SECRET_WORD,   /* 43 letters and digits: 256 bits, safe inside any quotes */
	SECRET_FERNET, /* 32 bytes as URL-safe base64: a Fernet key */
};

char *secret_make(enum secret_kind kind); /* from the kernel's random source; the caller's */

/* Reads PATH, or its copy. NULL in ret when neither was ever made. A file that is lost or
 * damaged is put back from the other. */
struct err *secret_read(const char *path, char **ret) MUST_CHECK;
/* Writes the copy first, then the file: both atomically, mode 0600. */
struct err *secret_write(const char *path, const char *value) MUST_CHECK;
/* Reads it, or makes it: from given when not NULL, else of the kind. */
struct err *secret_keep(const char *path, const char *given, enum secret_kind kind, char **ret) MUST_CHECK;

/* Every occurrence of a secret in text is overwritten with asterisks. */
void secret_hide(char *text, const char *secret);
