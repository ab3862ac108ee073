/* SPDX-License-Identifier: MIT */
/* BLAKE2b of 256 bits over a few bytes (RFC 7693): libcrypto 3.0 has the one of 512 bits alone. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define BLAKE2B_BLOCK 128u

/* len is at most BLAKE2B_BLOCK. */
void blake2b_256(const void *bytes, size_t len, uint8_t ret[static 32]);
