/* SPDX-License-Identifier: MIT */
/* A partition table of any bytes whose sums are right, at a disk's beginning or, when the first byte is an
 * 'e', at its end: what is found lies on the disk. */
#include "disk/partition.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/mem.h"

#define SECTORS 200u
#define ARRAY 16384u

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void write_table(int fd, const uint8_t *bytes, size_t len, uint64_t header_at, uint64_t array_at,
			uint8_t *array)
{
	uint8_t header[512] = { 0 };

	memcpy(header, bytes, len < 92 ? len : 92);
	if (len > 92)
		memcpy(array, bytes + 92, len - 92 < ARRAY ? len - 92 : ARRAY);
	bytes_put(header + 24, header_at, 8);
	bytes_put(header + 88, bytes_crc(array, ARRAY, BYTES_CRC32), 4);
	bytes_put(header + 16, 0, 4);
	bytes_put(header + 16, bytes_crc(header, 92, BYTES_CRC32), 4);
	if (file_write_at(fd, header, sizeof header, header_at * 512, "header") ||
	    file_write_at(fd, array, ARRAY, array_at * 512, "array"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_CLOSE int fd = memfd_create("disk", MFD_CLOEXEC);
	AUTO_FREE uint8_t *array = mem_new(ARRAY);
	bool at_end = len && *bytes == 'e';

	if (fd < 0 || ftruncate(fd, SECTORS * 512) < 0)
		abort();
	write_table(fd, bytes + (len > 0), len - (len > 0), at_end ? SECTORS - 1 : 1,
		    at_end ? SECTORS - 33 : 2, array);
	for (size_t i = 0; i < 4; i++) {
		AUTO_FREE char *id = bytes_guid(array + 128 * i + 16);
		struct partition p = { 0 };
		if (partition_look(fd, SECTORS, id, &p) &&
		    (!p.number || p.number > 128 || !p.sectors || p.start >= SECTORS ||
		     p.sectors > SECTORS - p.start))
			abort();
	}
	return 0;
}
