/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"

#include "base/text.h"

void bytes_put(void *out, uint64_t value, size_t bytes)
{
	for (uint8_t *at = out; bytes--; value >>= 8)
		*at++ = (uint8_t)value;
}

uint64_t bytes_get(const void *in, size_t bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | ((const uint8_t *)in)[bytes];
	return value;
}

uint32_t bytes_crc(const void *bytes, size_t len, uint32_t polynomial)
{
	uint32_t crc = ~0u;

	for (const uint8_t *at = bytes; len--;) {
		crc ^= *at++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
	}
	return ~crc;
}

char *bytes_guid(const uint8_t guid[static 16])
{
	static const uint8_t place[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	struct text t = { 0 };

	for (size_t i = 0; i < 16; i++)
		text_printf(&t, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", guid[place[i]]);
	return text_take(&t);
}
