/* SPDX-License-Identifier: MIT */
#include "disk/gpt.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"

#define SECTOR 512u
#define ENTRIES 128u
#define ENTRY_BYTES 128u
#define ARRAY_SECTORS (ENTRIES * ENTRY_BYTES / SECTOR)

struct guid gpt_guid(const char *text)
{
	static const uint8_t place[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	struct guid g = { 0 };
	unsigned byte = 0;

	for (size_t n = 0; *text && n < 16; text++)
		if (*text != '-' && sscanf(text++, "%2x", &byte) == 1)
			g.bytes[place[n++]] = (uint8_t)byte;
	return g;
}

struct guid gpt_derive(const uint8_t seed[static 32], const char *role)
{
	struct digest_run *run = digest_start();
	struct guid g;

	digest_feed(run, seed, 32);
	digest_feed_word(run, role);
	struct digest d = digest_finish(run);
	memcpy(g.bytes, d.bytes, sizeof g.bytes);
	g.bytes[7] = (uint8_t)((g.bytes[7] & 0x0f) | 0x40);
	g.bytes[8] = (uint8_t)((g.bytes[8] & 0x3f) | 0x80);
	return g;
}

static void fill_mbr(uint8_t *mbr, uint64_t sectors, const uint8_t *boot_code)
{
	if (boot_code)
		memcpy(mbr, boot_code, 440);
	uint8_t *entry = mbr + 446;
	entry[2] = 2; /* starts at cylinder 0, head 0, sector 2 */
	entry[4] = 0xee;
	memset(entry + 5, 0xff, 3);
	bytes_put(entry + 8, 1, 4);
	bytes_put(entry + 12, sectors - 1 > UINT32_MAX ? UINT32_MAX : sectors - 1, 4);
	mbr[510] = 0x55;
	mbr[511] = 0xaa;
}

static void fill_entries(uint8_t *array, const struct gpt_partition *parts, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		const struct gpt_partition *p = &parts[i];
		uint8_t *entry = array + i * ENTRY_BYTES;
		memcpy(entry, p->type.bytes, 16);
		memcpy(entry + 16, p->id.bytes, 16);
		bytes_put(entry + 32, p->start_bytes / SECTOR, 8);
		bytes_put(entry + 40, (p->start_bytes + p->size_bytes) / SECTOR - 1, 8);
		bytes_put(entry + 48, p->attributes, 8);
		for (size_t c = 0; p->name[c] && c < 35; c++)
			entry[56 + 2 * c] = (uint8_t)p->name[c];
	}
}

static void fill_header(uint8_t *h, uint64_t self, uint64_t other, uint64_t array, uint64_t sectors,
			struct guid disk, const uint8_t *entries)
{
	memcpy(h, "EFI PART\0\0\1\0\x5c\0\0\0", 16);
	bytes_put(h + 24, self, 8);
	bytes_put(h + 32, other, 8);
	bytes_put(h + 40, 2 + ARRAY_SECTORS, 8);
	bytes_put(h + 48, sectors - ARRAY_SECTORS - 2, 8);
	memcpy(h + 56, disk.bytes, 16);
	bytes_put(h + 72, array, 8);
	bytes_put(h + 80, ENTRIES, 4);
	bytes_put(h + 84, ENTRY_BYTES, 4);
	bytes_put(h + 88, bytes_crc(entries, ENTRIES * ENTRY_BYTES, BYTES_CRC32), 4);
	bytes_put(h + 16, bytes_crc(h, 92, BYTES_CRC32), 4);
}

static struct err *write_sectors(int fd, const uint8_t *bytes, size_t sectors, uint64_t at)
{
	return file_write_at(fd, bytes, sectors * SECTOR, at * SECTOR, "write the partition table");
}

struct err *gpt_write(int fd, uint64_t size_bytes, struct guid disk, const struct gpt_partition *parts,
		      unsigned count, const uint8_t *boot_code)
{
	uint64_t sectors = size_bytes / SECTOR;
	AUTO_FREE uint8_t *first = mem_new((2 + ARRAY_SECTORS) * SECTOR),
			  *last = mem_new((1 + ARRAY_SECTORS) * SECTOR);
	uint8_t *array = first + 2 * SECTOR;

	fill_mbr(first, sectors, boot_code);
	fill_entries(array, parts, count);
	fill_header(first + SECTOR, 1, sectors - 1, 2, sectors, disk, array);
	memcpy(last, array, ARRAY_SECTORS * SECTOR);
	fill_header(last + ARRAY_SECTORS * SECTOR, sectors - 1, 1, sectors - 1 - ARRAY_SECTORS, sectors, disk,
		    array);
	TRY(write_sectors(fd, first, 2 + ARRAY_SECTORS, 0));
	return write_sectors(fd, last, 1 + ARRAY_SECTORS, sectors - 1 - ARRAY_SECTORS);
}
