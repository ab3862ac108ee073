/* SPDX-License-Identifier: MIT */
/* Reads and writes Ed25519 keys in minisign's files: a line of comment and a line of base64. A secret key may
 * be encrypted by a password (scrypt). */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define KEY_ID 17 /* 16 capital hexadecimal digits and the NUL */

struct key {
	uint8_t id[8];
	uint8_t seed[32]; /* secret; zero for a public key */
	uint8_t public_key[32];
};

void key_done(struct key *k); /* wipes it */
#define AUTO_KEY __attribute__((cleanup(key_done)))
const char *key_id(const struct key *k, char buf[static KEY_ID]);

struct err *key_generate(struct key *ret) MUST_CHECK;
/* Writes path (mode 0600) and path.pub, neither of which may exist. password NULL: not encrypted. */
struct err *key_write(const struct key *k, const char *path, const char *password) MUST_CHECK;
/* Whether a secret key's file needs a password. ERR_USAGE if it is not a secret key. */
struct err *key_is_encrypted(const char *path, bool *ret) MUST_CHECK;
/* ERR_USAGE if the password is wrong. */
struct err *key_read_secret(const char *path, const char *password, struct key *ret) MUST_CHECK;
/* word is a file, or the line of base64 from one. */
struct err *key_read_public(const char *word, struct key *ret) MUST_CHECK;
