/* SPDX-License-Identifier: MIT */
/* Little-endian integers, CRCs and GUIDs, as disk formats and our own files store them. */
#pragma once
#include <stddef.h>
#include <stdint.h>

void bytes_put(void *out, uint64_t value, size_t bytes);
uint64_t bytes_get(const void *in, size_t bytes);

#define BYTES_CRC32 0xEDB88320u	 /* IEEE 802.3; a polynomial, reflected */
#define BYTES_CRC32C 0x82F63B78u /* Castagnoli */
/* The register begins as all ones and is inverted at the end. */
uint32_t bytes_crc(const void *bytes, size_t len, uint32_t polynomial);

/* A GUID as text, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"; its first three fields are stored
 * little-endian. The caller's to free. */
char *bytes_guid(const uint8_t guid[static 16]);
