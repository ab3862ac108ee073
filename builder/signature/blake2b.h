/* SPDX-License-Identifier: MIT */
/* BLAKE2b with 256 bits for short input (RFC 7693), because libcrypto 3.0 has only the 512-bit one. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define BLAKE2B_BLOCK 128u

/* len is at most BLAKE2B_BLOCK. */
void blake2b_256(const void *bytes, size_t len, uint8_t ret[static 32]);
