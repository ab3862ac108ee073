/* SPDX-License-Identifier: MIT */
#include "disk/fat.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/mem.h"

#define SECTOR 512u
#define RESERVED 32u  /* sectors before the first table */
#define CLUSTER 1024u /* small enough that 128 MiB still count as FAT32 */
#define RECORD 32u

struct folder {
	char *path; /* "" is the root */
	uint32_t cluster, parent;
	uint8_t *records;
	size_t used, room; /* bytes */
	unsigned shorts;   /* short names used so far */
};

struct fat {
	int fd;
	uint64_t at, data;	 /* byte offsets of the file system; of cluster 2 in it */
	uint32_t clusters, next; /* total; first free one */
	uint32_t *table;
	uint16_t date, clock;
	struct {
		struct folder *items;
		size_t count, room;
	} folders;
};

static struct err *write_at(const struct fat *f, const void *bytes, size_t len, uint64_t at)
{
	return file_write_at(f->fd, bytes, len, f->at + at, "write the EFI partition");
}

/* Allocates a chain of consecutive clusters; none for 0 bytes. */
static struct err *take_chain(struct fat *f, uint64_t bytes, uint32_t *ret_first)
{
	uint64_t count = (bytes + CLUSTER - 1) / CLUSTER;

	if (count > f->clusters + 2 - f->next)
		return err_new(ERR_BUILD, "the EFI partition is too small for kernel and initrd");
	*ret_first = count ? f->next : 0;
	for (uint64_t i = 0; i < count; i++, f->next++)
		f->table[f->next] = i + 1 == count ? 0x0fffffffu : f->next + 1;
	return NULL;
}

static uint8_t *new_record(struct folder *d)
{
	if (d->used + RECORD > d->room) {
		d->room = d->room ? 2 * d->room : CLUSTER;
		d->records = mem_resize(d->records, d->room, 1);
	}
	memset(d->records + d->used, 0, RECORD);
	d->used += RECORD;
	return d->records + d->used - RECORD;
}

static void add_short(const struct fat *f, struct folder *d, const char name[static 11], bool folder,
		      uint32_t cluster, uint64_t size)
{
	uint8_t *r = new_record(d);

	memcpy(r, name, 11);
	r[11] = folder ? 0x10 : 0x20;
	bytes_put(r + 14, f->clock, 2);
	bytes_put(r + 16, f->date, 2);
	bytes_put(r + 18, f->date, 2);
	bytes_put(r + 20, cluster >> 16, 2);
	bytes_put(r + 22, f->clock, 2);
	bytes_put(r + 24, f->date, 2);
	bytes_put(r + 26, cluster & 0xffff, 2);
	bytes_put(r + 28, folder ? 0 : size, 4);
}

static uint8_t sum_of(const char name[static 11])
{
	uint8_t sum = 0;

	for (size_t i = 0; i < 11; i++)
		sum = (uint8_t)((sum & 1 ? 0x80 : 0) + (sum >> 1) + (uint8_t)name[i]);
	return sum;
}

/* Adds the records of a long name, last part first; a part holds 13 UTF-16 units. */
static void add_long(struct folder *d, const char *name, uint8_t sum)
{
	static const uint8_t place[13] = { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30 };
	size_t len = strlen(name), parts = (len + 12) / 13;

	for (size_t part = parts; part-- > 0;) {
		uint8_t *r = new_record(d);
		r[0] = (uint8_t)((part + 1) | (part + 1 == parts ? 0x40 : 0));
		r[11] = 0x0f;
		r[13] = sum;
		for (size_t i = 0; i < 13; i++) {
			size_t c = part * 13 + i;
			bytes_put(r + place[i], c < len ? (uint8_t)name[c] : c == len ? 0 : 0xffff, 2);
		}
	}
}

/* Every name gets a long form, and a short one that is only a number, because nothing reads short names. */
static void add_name(const struct fat *f, struct folder *d, const char *name, bool folder, uint32_t cluster,
		     uint64_t size)
{
	AUTO_FREE char *alias = mem_printf("F%07u   ", d->shorts++);

	add_long(d, name, sum_of(alias));
	add_short(f, d, alias, folder, cluster, size);
}

static struct folder *folder_for(struct fat *f, const char *path, size_t len)
{
	for (size_t i = 0; i < f->folders.count; i++)
		if (strlen(f->folders.items[i].path) == len &&
		    !strncasecmp(f->folders.items[i].path, path, len))
			return &f->folders.items[i];
	return NULL;
}

/* Makes the folders above a path; each takes one cluster, enough for a dozen names. */
static struct err *make_folders(struct fat *f, const char *path)
{
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		size_t len = (size_t)(slash - path), start = len;
		if (folder_for(f, path, len))
			continue;
		while (start && path[start - 1] != '/')
			start--;
		struct folder *up = folder_for(f, path, start ? start - 1 : 0);
		AUTO_FREE char *name = mem_ndup(path + start, len - start);
		struct folder fresh = { .path = mem_ndup(path, len), .parent = start ? up->cluster : 0 };
		TRY(take_chain(f, CLUSTER, &fresh.cluster));
		add_name(f, up, name, true, fresh.cluster, 0);
		add_short(f, &fresh, ".          ", true, fresh.cluster, 0);
		add_short(f, &fresh, "..         ", true, fresh.parent, 0);
		VEC_PUSH(&f->folders, fresh);
	}
	return NULL;
}

static struct err *add_file(struct fat *f, const struct fat_file *file)
{
	const char *slash = strrchr(file->path, '/');
	uint32_t first = 0;

	TRY(make_folders(f, file->path));
	TRY(take_chain(f, file->size_bytes, &first));
	struct folder *d = folder_for(f, file->path, slash ? (size_t)(slash - file->path) : 0);
	add_name(f, d, slash ? slash + 1 : file->path, false, first, file->size_bytes);
	return first ? write_at(f, file->bytes, file->size_bytes, f->data + (uint64_t)(first - 2) * CLUSTER) :
		       NULL;
}

static struct err *write_boot(const struct fat *f, uint64_t size_bytes, uint32_t table_sectors,
			      uint32_t serial, const char *label)
{
	uint8_t boot[SECTOR] = { 0xeb, 0x58, 0x90 }, info[SECTOR] = { 0 };
	AUTO_FREE char *padded = mem_printf("%-11.11s", label);

	memcpy(boot + 3, "MKBENCH ", 8);
	bytes_put(boot + 11, SECTOR, 2);
	boot[13] = CLUSTER / SECTOR;
	bytes_put(boot + 14, RESERVED, 2);
	boot[16] = 2; /* tables */
	boot[21] = 0xf8;
	bytes_put(boot + 24, 63, 2);
	bytes_put(boot + 26, 255, 2);
	bytes_put(boot + 28, f->at / SECTOR, 4);
	bytes_put(boot + 32, size_bytes / SECTOR, 4);
	bytes_put(boot + 36, table_sectors, 4);
	bytes_put(boot + 44, 2, 4); /* the root's cluster */
	bytes_put(boot + 48, 1, 2); /* info sector */
	bytes_put(boot + 50, 6, 2); /* copy of the boot sector */
	boot[64] = 0x80;
	boot[66] = 0x29;
	bytes_put(boot + 67, serial, 4);
	memcpy(boot + 71, padded, 11);
	memcpy(boot + 82, "FAT32   ", 8);
	bytes_put(boot + 510, 0xaa55, 2);
	bytes_put(info, 0x41615252, 4);
	bytes_put(info + 484, 0x61417272, 4);
	bytes_put(info + 488, f->clusters + 2 - f->next, 4);
	bytes_put(info + 492, f->next, 4);
	bytes_put(info + 508, 0xaa550000u, 4);
	for (unsigned copy = 0; copy < 2; copy++) {
		TRY(write_at(f, boot, SECTOR, copy * 6 * SECTOR));
		TRY(write_at(f, info, SECTOR, (copy * 6 + 1) * SECTOR));
	}
	return NULL;
}

static struct err *write_all(struct fat *f, uint64_t size_bytes, uint32_t table_sectors, uint32_t serial,
			     const char *label)
{
	for (size_t i = 0; i < f->folders.count; i++) {
		const struct folder *d = &f->folders.items[i];
		if (d->used > CLUSTER)
			return err_new(ERR_BUILD, "too many names in one folder of the EFI partition");
		if (d->used)
			TRY(write_at(f, d->records, d->used, f->data + (uint64_t)(d->cluster - 2) * CLUSTER));
	}
	AUTO_FREE uint8_t *table = mem_new((size_t)table_sectors * SECTOR);
	for (uint32_t i = 0; i < f->next; i++)
		bytes_put(table + (size_t)i * 4, f->table[i], 4);
	for (uint64_t copy = 0; copy < 2; copy++)
		TRY(write_at(f, table, (size_t)table_sectors * SECTOR,
			     (RESERVED + copy * table_sectors) * SECTOR));
	return write_boot(f, size_bytes, table_sectors, serial, label);
}

static void set_clock(struct fat *f, int64_t epoch)
{
	time_t when = (time_t)epoch;
	struct tm t;

	gmtime_r(&when, &t);
	f->date = (uint16_t)((t.tm_year < 80 ? 0 : t.tm_year - 80) << 9 | (t.tm_mon + 1) << 5 | t.tm_mday);
	f->clock = (uint16_t)(t.tm_hour << 11 | t.tm_min << 5 | t.tm_sec / 2);
}

struct err *fat_write(int fd, uint64_t at, uint64_t size_bytes, uint32_t serial, const char *label,
		      int64_t epoch, const struct fat_file *files, unsigned count)
{
	uint64_t sectors = size_bytes / SECTOR - RESERVED;
	uint32_t table_sectors =
		(uint32_t)((sectors + 2 * CLUSTER / SECTOR) * 4 / (SECTOR * CLUSTER / SECTOR + 8) + 1);
	struct fat f = { .fd = fd, .at = at, .data = (RESERVED + 2ull * table_sectors) * SECTOR, .next = 2 };
	struct err *e;

	f.clusters = (uint32_t)((size_bytes - f.data) / CLUSTER);
	AUTO_FREE uint32_t *table = mem_array((size_t)f.clusters + 2, sizeof *table);
	f.table = table;
	table[0] = 0x0ffffff8u;
	table[1] = 0x0fffffffu;
	set_clock(&f, epoch);
	struct folder root = { .path = mem_dup("") };
	e = take_chain(&f, CLUSTER, &root.cluster);
	VEC_PUSH(&f.folders, root);
	AUTO_FREE char *padded = mem_printf("%-11.11s", label);
	add_short(&f, &f.folders.items[0], padded, false, 0, 0);
	f.folders.items[0].records[11] = 0x08;
	for (unsigned i = 0; !e && i < count; i++)
		e = add_file(&f, &files[i]);
	if (!e)
		e = write_all(&f, size_bytes, table_sectors, serial, label);
	for (size_t i = 0; i < f.folders.count; i++) {
		mem_freep(&f.folders.items[i].path);
		mem_freep(&f.folders.items[i].records);
	}
	mem_freep(&f.folders.items);
	return e;
}
