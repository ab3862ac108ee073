/* SPDX-License-Identifier: MIT */
#include "disk/partition.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/mem.h"
#include "lib/log.h"

#define SECTOR 512u
#define ENTRIES 128u
#define ENTRY_BYTES 128u
#define ARRAY (ENTRIES * ENTRY_BYTES)
#define TABLE (SECTOR + ARRAY) /* a header and its array, as they stand at the disk's beginning */
#define ALIGN 2048u	       /* sectors */

static void seal(uint8_t *header, const uint8_t *array)
{
	bytes_put(header + 88, bytes_crc(array, ARRAY, BYTES_CRC32), 4);
	bytes_put(header + 16, 0, 4);
	bytes_put(header + 16, bytes_crc(header, 92, BYTES_CRC32), 4);
}

static bool is_whole(const uint8_t *header, const uint8_t *array, uint64_t self)
{
	uint8_t copy[92];

	memcpy(copy, header, sizeof copy);
	memset(copy + 16, 0, 4);
	return !memcmp(header, "EFI PART", 8) && bytes_get(header + 24, 8) == self &&
	       bytes_get(header + 80, 4) == ENTRIES && bytes_get(header + 84, 4) == ENTRY_BYTES &&
	       bytes_crc(copy, sizeof copy, BYTES_CRC32) == bytes_get(header + 16, 4) &&
	       bytes_crc(array, ARRAY, BYTES_CRC32) == bytes_get(header + 88, 4);
}

static bool read_at(int fd, void *bytes, size_t len, uint64_t sector)
{
	struct err *e = file_read_at(fd, bytes, len, sector * SECTOR, "read the partition table");

	err_free(e);
	return !e;
}

/* The first table, or the backup at the end when the first is damaged (*ret_damaged). */
static bool read_table(int fd, uint64_t sectors, uint8_t *table, bool *ret_damaged)
{
	*ret_damaged = false;
	if (read_at(fd, table, TABLE, 1) && is_whole(table, table + SECTOR, 1))
		return true;
	*ret_damaged = true;
	return sectors > 100 && read_at(fd, table, SECTOR, sectors - 1) &&
	       read_at(fd, table + SECTOR, ARRAY, sectors - 1 - ARRAY / SECTOR) &&
	       is_whole(table, table + SECTOR, sectors - 1);
}

static uint64_t number_in(const char *folder, const char *name)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, name);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[32] = "";

	return fd >= 0 && read(fd, text, sizeof text - 1) > 0 ? strtoull(text, NULL, 10) : 0;
}

static bool has_id(const uint8_t *entry, const char *id)
{
	AUTO_FREE char *own = bytes_guid(entry + 16);

	return !strcasecmp(own, id);
}

/* The kernel's name for a partition by its number: "vda5", "nvme0n1p5". */
static bool name_of(const char *disk, unsigned number, char *ret, size_t room)
{
	AUTO_FREE char *folder = mem_printf("/sys/block/%s", disk);
	DIR *dir = opendir(folder);
	bool found = false;

	for (struct dirent *d; dir && !found && (d = readdir(dir));) {
		AUTO_FREE char *below = mem_printf("%s/%s", folder, d->d_name);
		found = number_in(below, "partition") == number;
		if (found)
			snprintf(ret, room, "/dev/%s", d->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

bool partition_look(int fd, uint64_t sectors, const char *id, struct partition *ret)
{
	AUTO_FREE uint8_t *table = mem_new(TABLE);
	bool damaged;

	if (!read_table(fd, sectors, table, &damaged))
		return false;
	for (unsigned i = 0; i < ENTRIES; i++) {
		const uint8_t *entry = table + SECTOR + i * ENTRY_BYTES;
		uint64_t first = bytes_get(entry + 32, 8), last = bytes_get(entry + 40, 8);
		if (first > last || last >= sectors || !has_id(entry, id))
			continue;
		ret->number = i + 1;
		ret->start = first;
		ret->sectors = last + 1 - first;
		return true;
	}
	return false;
}

static bool find_on(const char *disk, const char *id, struct partition *ret)
{
	AUTO_FREE char *folder = mem_printf("/sys/block/%s", disk);

	snprintf(ret->disk, sizeof ret->disk, "/dev/%s", disk);
	AUTO_CLOSE int fd = open(ret->disk, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && partition_look(fd, number_in(folder, "size"), id, ret) &&
	       name_of(disk, ret->number, ret->device, sizeof ret->device);
}

struct err *partition_only(partition_is *is, const char *id, const char *none, const char *several,
			   struct partition *ret)
{
	DIR *dir = opendir("/sys/block");
	struct partition p = { 0 };
	struct err *e = err_errno(ENOENT, "%s", none);

	for (struct dirent *d; dir && (d = readdir(dir));) {
		if (d->d_name[0] == '.' || !is(d->d_name, id, &p))
			continue;
		bool first = e && err_code(e) == ENOENT;
		err_free(e);
		e = first ? NULL : err_new(ERR_SYSTEM, "%s and %s %s", ret->device, p.device, several);
		if (e)
			break;
		*ret = p;
	}
	if (dir)
		closedir(dir);
	return e;
}

struct err *partition_find(const char *id, struct partition *ret)
{
	AUTO_FREE char *none = mem_printf("no disk has the partition %s", id);

	return partition_only(find_on, id, none,
			      "are copies of one partition: one of these disks must be taken away", ret);
}

static struct err *write_at(int fd, const void *bytes, size_t len, uint64_t sector)
{
	TRY(file_write_at(fd, bytes, len, sector * SECTOR, "write the partition table"));
	return fsync(fd) < 0 ? err_errno(errno, "write the partition table") : NULL;
}

static struct err *write_both(int fd, uint64_t sectors, uint8_t *table)
{
	uint8_t *header = table, *array = table + SECTOR;
	uint64_t last_array = sectors - 1 - ARRAY / SECTOR;

	bytes_put(header + 48, last_array - 1, 8);
	bytes_put(header + 24, sectors - 1, 8);
	bytes_put(header + 32, 1, 8);
	bytes_put(header + 72, last_array, 8);
	seal(header, array);
	TRY(write_at(fd, array, ARRAY, last_array));
	TRY(write_at(fd, header, SECTOR, sectors - 1));
	bytes_put(header + 24, 1, 8);
	bytes_put(header + 32, sectors - 1, 8);
	bytes_put(header + 72, 2, 8);
	seal(header, array);
	return write_at(fd, table, TABLE, 1);
}

static struct err *tell_kernel(int fd, const struct partition *p)
{
	struct blkpg_partition part = { .start = (long long)(p->start * SECTOR),
					.length = (long long)(p->sectors * SECTOR),
					.pno = (int)p->number };
	struct blkpg_ioctl_arg arg = { .op = BLKPG_RESIZE_PARTITION, .datalen = sizeof part, .data = &part };

	return ioctl(fd, BLKPG, &arg) < 0 ? err_errno(errno, "tell the kernel how large %s is", p->device) :
					    NULL;
}

static bool is_last(const uint8_t *table, unsigned number)
{
	const uint8_t *array = table + SECTOR;
	uint64_t own = bytes_get(array + (number - 1) * ENTRY_BYTES + 32, 8);

	for (unsigned i = 0; i < ENTRIES; i++)
		if (bytes_get(array + i * ENTRY_BYTES + 32, 8) > own)
			return false;
	return true;
}

struct err *partition_grow(struct partition *p)
{
	AUTO_FREE char *folder = mem_printf("/sys/block/%s", strrchr(p->disk, '/') + 1);
	AUTO_FREE uint8_t *table = mem_new(TABLE);
	AUTO_CLOSE int fd = open(p->disk, O_RDWR | O_CLOEXEC);
	uint64_t sectors = number_in(folder, "size"), end = (sectors - ARRAY / SECTOR - 1) / ALIGN * ALIGN;
	bool damaged;

	if (fd < 0)
		return err_errno(errno, "open %s", p->disk);
	if (!read_table(fd, sectors, table, &damaged))
		return err_new(ERR_SYSTEM, "%s has no partition table any more", p->disk);
	bool larger = end > p->start + p->sectors && is_last(table, p->number);
	if (!larger && !damaged)
		return NULL;
	if (larger) {
		log_line("%s has become larger: data takes the room", p->disk);
		p->sectors = end - p->start;
		bytes_put(table + SECTOR + (p->number - 1) * ENTRY_BYTES + 40, end - 1, 8);
	}
	TRY(write_both(fd, sectors, table));
	return larger ? tell_kernel(fd, p) : NULL;
}
