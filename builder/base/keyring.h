/* SPDX-License-Identifier: MIT */
/* Tells an OpenPGP keyring from other files by its beginning. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#define KEYRING_ARMOUR "-----BEGIN PGP PUBLIC KEY BLOCK-----"
#define KEYRING_LIMIT (16u << 20) /* bytes */

/* Whether bytes can be a keyring: armoured, binary (RFC 9580, 4.2: a public key's packet comes first), or
 * GnuPG's keybox. A web page, a private key or a signature is none. */
bool keyring_is(const char *bytes, size_t len);
