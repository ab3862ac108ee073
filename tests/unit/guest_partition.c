/* SPDX-License-Identifier: MIT */
#include "disk/partition.h"

#include <errno.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "room.h"
#include "t.h"

#define ID "03020100-0504-0706-0809-0a0b0c0d0e0f"
#define SMALL 16384u /* sectors of a disk, and of the same one when it has become larger */
#define LARGE 65536u
#define START 4096u
#define TABLE (33u * 512) /* header and array */

static void put_table(int fd, uint64_t header_at, uint64_t array_at, uint64_t other)
{
	uint8_t header[512] = "EFI PART", array[16384] = { 0 };

	bytes_put(array, 1, 16);
	for (uint8_t i = 0; i < 16; i++)
		array[16 + i] = i;
	bytes_put(array + 32, START, 8);
	bytes_put(array + 40, SMALL - 2048 - 1, 8);
	bytes_put(header + 12, 92, 4);
	bytes_put(header + 24, header_at, 8);
	bytes_put(header + 32, other, 8);
	bytes_put(header + 72, array_at, 8);
	bytes_put(header + 80, 128, 4);
	bytes_put(header + 84, 128, 4);
	bytes_put(header + 88, bytes_crc(array, sizeof array, BYTES_CRC32), 4);
	bytes_put(header + 16, bytes_crc(header, 92, BYTES_CRC32), 4);
	ok(pwrite(fd, header, sizeof header, (off_t)header_at * 512) == sizeof header);
	ok(pwrite(fd, array, sizeof array, (off_t)array_at * 512) == sizeof array);
}

/* A disk with one partition. */
static int make_disk(const char *name, const char *sectors)
{
	AUTO_FREE char *device = mem_printf("/dev/%s", name),
		       *folder = mem_printf("/sys/block/%s/%s1", name, name);
	AUTO_FREE char *number = mem_printf("%s/partition", folder);
	int fd = open(device, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ok(fd >= 0 && !ftruncate(fd, strtol(sectors, NULL, 10) * 512));
	ok(room_disk(name, sectors, ""));
	err_free(file_make_folder(folder, 0755));
	ok(room_tell(number, "1"));
	put_table(fd, 1, 2, SMALL - 1);
	put_table(fd, SMALL - 1, SMALL - 33, 1);
	return fd;
}

static uint64_t found_sectors(void)
{
	struct partition p;
	struct err *e = partition_find(ID, &p);
	uint64_t sectors = e ? 0 : p.sectors;

	ok(!e && !strcmp(p.device, "/dev/vda1") && p.start == START);
	err_free(e);
	return sectors;
}

/* The file that stands for the disk has no kernel to tell, which comes last. */
static void grow(void)
{
	struct partition p;
	struct err *e = partition_find(ID, &p);

	ok(!e);
	if (!e)
		e = partition_grow(&p);
	ok(!e || err_code(e) == ENOTTY);
	err_free(e);
}

/* A power cut anywhere while the disk takes its new room: the old table is still there, or
 * the new one at the disk's end. */
static void test_cut(void)
{
	AUTO_CLOSE int fd = make_disk("vda", "65536");
	uint8_t old[TABLE], fresh[TABLE];
	uint64_t before = found_sectors();

	ok(pread(fd, old, TABLE, 512) == TABLE);
	grow();
	uint64_t after = found_sectors();
	ok(after == LARGE - 2048 - START && before == SMALL - 2048 - START);
	ok(pread(fd, fresh, TABLE, 512) == TABLE);
	for (size_t written = 0; written <= TABLE; written += 512) {
		ok(pwrite(fd, old, TABLE, 512) == TABLE &&
		   pwrite(fd, fresh, written, 512) == (ssize_t)written);
		uint64_t now = found_sectors();
		ok(now == after || (now == before && !written));
		grow();
		ok(found_sectors() == after);
		uint8_t mended[TABLE];
		ok(pread(fd, mended, TABLE, 512) == TABLE && !memcmp(mended, fresh, TABLE));
	}
}

static void test_copy(void)
{
	AUTO_CLOSE int second = make_disk("vdb", "16384");
	struct partition p;
	struct err *e = partition_find(ID, &p);
	AUTO_FREE char *text = e ? err_text(e) : NULL;

	ok(second >= 0 && text && strstr(text, "/dev/vda1") && strstr(text, "/dev/vdb1") &&
	   err_code(e) != ENOENT);
	err_free(e);
}

int main(void)
{
	struct partition p;

	ok(room_enter());
	ok(!mount("none", "/dev", "tmpfs", 0, NULL));
	struct err *e = partition_find(ID, &p);
	ok(e && err_code(e) == ENOENT);
	err_free(e);
	test_cut();
	test_copy();
	return t_done();
}
