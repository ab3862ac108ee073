/* SPDX-License-Identifier: MIT */
#include "disk/verity.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "says.h"

/* A superblock for ten blocks, with one of its fields changed. */
static void refused(size_t at, uint8_t value, const char *why)
{
	uint8_t s[512] = { 'v', 'e', 'r', 'i', 't', 'y',       [8] = 1,	  [12] = 1,  [32] = 's',
			   'h', 'a', '2', '5', '6', [65] = 16, [69] = 16, [72] = 10, [80] = 32 };
	struct partition data = { .device = "/nowhere", .sectors = 80 },
			 tree = { .device = "/tmp/mkbench-unit-XXXXXX" };
	char device[VERITY_DEVICE], hash[65] = "";
	int fd = mkstemp(tree.device);

	s[at] = value;
	ok(fd >= 0 && write(fd, s, sizeof s) == sizeof s);
	memset(hash, 'a', 64);
	ok(says(verity_open(hash, &data, &tree, device), ERR_SYSTEM, why));
	unlink(tree.device);
	close(fd);
}

int main(void)
{
	static const struct {
		size_t at;
		uint8_t value;
	} changes[] = {
		{ 0, 'V' }, { 8, 2 },  { 12, 0 }, { 32, 'S' }, { 38, 'x' },
		{ 65, 2 },  { 66, 1 }, { 69, 8 }, { 81, 2 },
	};

	for (size_t i = 0; i < COUNT(changes); i++)
		refused(changes[i].at, changes[i].value, "does not begin with one");
	refused(72, 0, "one for 0 blocks");
	refused(72, 11, "one for 11 blocks");
	refused(79, 0x80, "blocks");
	return t_done();
}
