/* SPDX-License-Identifier: MIT */
/* Signs files as FILE.minisig beside them, compatible with minisign: Ed25519 over the file's BLAKE2b, and
 * over that signature with a trusted comment. */
#pragma once
#include <stddef.h>

#include "signature/key.h"

/* Writes FILE.minisig and replaces an existing one. comment NULL: the time and the file's name, as minisign
 * writes them. ret_path is the caller's to free. ERR_USAGE if file is not a regular file. */
struct err *signature_write(const char *file, const struct key *k, const char *comment,
			    char **ret_path) MUST_CHECK;
/* ERR_BUILD if the file has changed, was signed with another key, or not at all. ret_comment is the trusted
 * one, the caller's to free. */
struct err *signature_check(const char *file, const struct key *k, char **ret_comment) MUST_CHECK;

#define SIGNATURE_BYTES 64u
/* Ed25519 over bytes in memory. */
struct err *signature_bytes(const struct key *k, const void *bytes, size_t len,
			    uint8_t ret[static SIGNATURE_BYTES]) MUST_CHECK;
