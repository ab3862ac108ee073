/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"

#include "base/mem.h"
#include "t.h"

static void test_numbers(void)
{
	uint8_t bytes[8] = { 0, 0, 0, 0, 0xee, 0, 0, 0 };

	bytes_put(bytes, 0x1122334455, 4); /* what does not fit is left out, and nothing behind is touched */
	ok(!memcmp(bytes, "\x55\x44\x33\x22\xee", 5));
	ok(bytes_get(bytes, 2) == 0x4455 && bytes_get(bytes, 5) == 0xee22334455 && bytes_get(bytes, 0) == 0);
	bytes_put(bytes, UINT64_MAX - 1, 8);
	ok(bytes_get(bytes, 8) == UINT64_MAX - 1);
}

/* The check values that catalogues of these sums give for "123456789". */
static void test_sums(void)
{
	ok(bytes_crc("123456789", 9, BYTES_CRC32) == 0xCBF43926u);
	ok(bytes_crc("123456789", 9, BYTES_CRC32C) == 0xE3069283u);
	ok(bytes_crc("", 0, BYTES_CRC32) == 0);
}

static void test_guid(void)
{
	const uint8_t esp[16] = { 0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
				  0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b };
	AUTO_FREE char *text = bytes_guid(esp);

	is(text, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
}

int main(void)
{
	test_numbers();
	test_sums();
	test_guid();
	return t_done();
}
