/* SPDX-License-Identifier: MIT */
/* Signatures of files, beside them as FILE.minisig, that minisign takes and gives: Ed25519 over the file's
 * BLAKE2b, and over that signature with a comment that may be trusted. */
#pragma once
#include <stddef.h>

#include "signature/key.h"

/* Writes FILE.minisig, over one that is there. comment NULL: the time and the file's name, as minisign says
 * them. ret_path is the caller's. ERR_USAGE when the file is no file. */
struct err *signature_write(const char *file, const struct key *k, const char *comment,
			    char **ret_path) MUST_CHECK;
/* ERR_BUILD when the file is not what was signed, or by another key, or not at all. ret_comment is
 * the trusted one, the caller's. */
struct err *signature_check(const char *file, const struct key *k, char **ret_comment) MUST_CHECK;

#define SIGNATURE_BYTES 64u
/* Ed25519 over bytes in memory. */
struct err *signature_bytes(const struct key *k, const void *bytes, size_t len,
			    uint8_t ret[static SIGNATURE_BYTES]) MUST_CHECK;
