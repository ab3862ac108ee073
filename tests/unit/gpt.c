/* SPDX-License-Identifier: MIT */
#include "disk/gpt.h"

#include "judge.h"

static const uint8_t seed[32] = { 1, 2, 3 };

static void test_guid(void)
{
	struct guid esp = gpt_guid("c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
	const uint8_t want[16] = { 0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
				   0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b };
	struct guid a = gpt_derive(seed, "a"), again = gpt_derive(seed, "a"), b = gpt_derive(seed, "b");

	ok(!memcmp(esp.bytes, want, 16));
	ok(!memcmp(a.bytes, again.bytes, 16));
	ok(memcmp(a.bytes, b.bytes, 16));
	ok(a.bytes[7] >> 4 == 4 && a.bytes[8] >> 6 == 2);
}

static void test_table(void)
{
	const struct gpt_partition parts[] = {
		{ "esp", gpt_guid("c12a7328-f81f-11d2-ba4b-00a0c93ec93b"), gpt_derive(seed, "esp"), 1 << 20,
		  96 << 20, 0 },
		{ "root-a", gpt_guid("4f68bce3-e8cd-4db1-96e7-fbcaf984b709"), gpt_derive(seed, "root-a"),
		  97 << 20, 3 << 20, 1ull << 60 },
	};
	AUTO_FREE uint8_t *code = mem_new(440);
	int fd;
	AUTO_FREE char *path = judge_file(&fd);

	memset(code, 0x90, 440);
	ok(!ftruncate(fd, 128 << 20));
	ok(!gpt_write(fd, 128 << 20, gpt_derive(seed, "disk"), parts, COUNT(parts), code));
	if (judge_is_here("sfdisk")) {
		AUTO_FREE char *verdict = JUDGE("sfdisk", "--verify", path);
		AUTO_FREE char *dump = JUDGE("sfdisk", "--dump", path);
		ok(verdict && strstr(verdict, "No errors detected"));
		ok(dump && strstr(dump, "label: gpt"));
		ok(dump && strstr(dump, "name=\"esp\""));
		ok(dump && strstr(dump, "start=        2048, size=      196608, "
					"type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B"));
		ok(dump && strstr(dump, "start=      198656, size=        6144, "
					"type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709"));
		ok(dump && strstr(dump, "attrs=\"GUID:60\""));
	}
	uint8_t mbr[512], zeros[512] = { 0 };
	ok(pread(fd, mbr, sizeof mbr, 0) == sizeof mbr && mbr[0] == 0x90 && mbr[439] == 0x90 &&
	   mbr[440] == 0);
	/* The copy at the end is whole: without the first one sfdisk still knows the disk. */
	ok(pwrite(fd, zeros, sizeof zeros, 512) == sizeof zeros);
	if (judge_is_here("sfdisk")) {
		AUTO_FREE char *dump = JUDGE("sfdisk", "--dump", path);
		ok(dump && strstr(dump, "name=\"root-a\""));
	}
	unlink(path);
	close(fd);
}

int main(void)
{
	test_guid();
	test_table();
	return t_done();
}
