/* SPDX-License-Identifier: MIT */
#include "disk/vmdk.h"

#include <errno.h>
#include <libdeflate.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/thread_pool.h"
#include "disk/sparse.h"

#define SECTOR 512u
#define GRAIN 65536u
#define GRAIN_SECTORS (GRAIN / SECTOR)
#define GRAINS 512u	  /* of a grain table */
#define HEAD_SECTORS 128u /* header, descriptor, and padding up to the first grain */
#define DESCRIPTOR_SECTORS 20u
#define AT_END UINT64_MAX /* in the header, for the directory's place: see the footer */
#define LEVEL 6		  /* of libdeflate */
#define MARKER_HEAD 12u	  /* a grain's sector and the bytes that follow */

enum marker { MARKER_END, MARKER_TABLE, MARKER_DIRECTORY, MARKER_FOOTER };

struct packed {
	uint8_t *bytes; /* preceded by the marker's head */
	size_t len;	/* including the head; 0: the grain is zeros */
};

/* The file: header, descriptor; for each table that is not empty its grains and the table; the directory of
 * tables; the footer. */
struct writer {
	int from, to;
	uint64_t disk_bytes, tables;
	uint64_t at;	    /* sectors written */
	uint8_t *directory; /* 32 bits a table, whole sectors */
	uint64_t first;	    /* first grain of the current table */
	size_t room;	    /* bytes of a packed grain */
	struct packed packed[GRAINS];
	uint8_t *plain[THREAD_POOL_MOST]; /* each worker's */
};

static void put(uint8_t *out, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		out[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t over(uint64_t n, uint64_t unit)
{
	return (n + unit - 1) / unit;
}

/* Writes whole sectors, padded with zeros. */
static struct err *write_sectors(struct writer *w, const void *bytes, size_t len)
{
	static const uint8_t zeros[SECTOR];
	size_t rest = over(len, SECTOR) * SECTOR - len;

	TRY(file_write_at(w->to, bytes, len, w->at * SECTOR, "write the vmdk image"));
	if (rest)
		TRY(file_write_at(w->to, zeros, rest, w->at * SECTOR + len, "write the vmdk image"));
	w->at += over(len, SECTOR);
	return NULL;
}

static struct err *write_marker(struct writer *w, enum marker type, uint64_t sectors)
{
	uint8_t marker[MARKER_HEAD + 4];

	put(marker, sectors, 8);
	put(marker + 8, 0, 4);
	put(marker + MARKER_HEAD, type, 4);
	return write_sectors(w, marker, sizeof marker);
}

static struct err *write_header(struct writer *w, uint64_t directory)
{
	uint8_t h[SECTOR] = "KDMV";

	put(h + 4, 3, 4); /* version: compressed */
	/* line-end test is valid, grains are compressed, markers are used */
	put(h + 8, 1 | 1 << 16 | 1 << 17, 4);
	put(h + 12, w->disk_bytes / SECTOR, 8);
	put(h + 20, GRAIN_SECTORS, 8);
	put(h + 28, 1, 8); /* the descriptor's place */
	put(h + 36, DESCRIPTOR_SECTORS, 8);
	put(h + 44, GRAINS, 4);
	put(h + 56, directory, 8);
	put(h + 64, HEAD_SECTORS, 8);
	memcpy(h + 73, "\n \r\n", 4);
	put(h + 77, 1, 2); /* deflate */
	return write_sectors(w, h, sizeof h);
}

/* Every disk needs its own content identifier, so it is derived from that of the partition table (UEFI 2.10,
 * 5.3.2). */
static struct err *write_descriptor(struct writer *w)
{
	uint8_t id[4] = { 0 };
	uint64_t sectors = w->disk_bytes / SECTOR, cylinders = sectors / (255 * 63);
	AUTO_TEXT struct text t = { 0 };

	if (w->disk_bytes >= 2 * SECTOR)
		TRY(file_read_at(w->from, id, sizeof id, SECTOR + 56, "read the disk image"));
	text_printf(&t,
		    "# Disk "
		    "DescriptorFile\nversion=1\nCID=%02x%02x%02x%02x\nparentCID=ffffffff\ncreateType="
		    "\"streamOptimized\"\n\n",
		    id[0] & 0x7fu, id[1], id[2], id[3]);
	text_printf(&t, "# Extent description\nRW %ju SPARSE \"disk.vmdk\"\n\n# The Disk Data Base\n#DDB\n\n",
		    (uintmax_t)sectors);
	text_printf(&t,
		    "ddb.virtualHWVersion = \"10\"\nddb.adapterType = \"lsilogic\"\nddb.geometry.cylinders = "
		    "\"%ju\"\n"
		    "ddb.geometry.heads = \"255\"\nddb.geometry.sectors = \"63\"\n",
		    (uintmax_t)(cylinders < 65535 ? cylinders : 65535));
	TRY(write_sectors(w, t.bytes, t.len));
	w->at = HEAD_SECTORS;
	return NULL;
}

static struct err *pack_grain(void *arg, unsigned worker, size_t number)
{
	struct writer *w = arg;
	uint64_t at = (w->first + number) * GRAIN, left = w->disk_bytes - at;
	size_t want = left < GRAIN ? (size_t)left : GRAIN;
	struct packed *p = &w->packed[number];

	p->len = 0;
	if (!w->plain[worker])
		w->plain[worker] = mem_new(GRAIN);
	uint8_t *plain = w->plain[worker];
	memset(plain + want, 0, GRAIN - want);
	TRY(file_read_at(w->from, plain, want, at, "read the disk image"));
	if (sparse_is_zero(plain, GRAIN))
		return NULL;
	if (!p->bytes)
		p->bytes = mem_new(w->room);
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(LEVEL);
	if (!c)
		mem_exhausted();
	size_t len = libdeflate_zlib_compress(c, plain, GRAIN, p->bytes + MARKER_HEAD, w->room - MARKER_HEAD);
	libdeflate_free_compressor(c);
	put(p->bytes, at / SECTOR, 8);
	put(p->bytes + 8, len, 4);
	p->len = MARKER_HEAD + len;
	return NULL;
}

static struct err *write_table(struct writer *w, uint64_t table, size_t grains)
{
	uint8_t places[GRAINS * 4] = { 0 };
	bool any = false;

	for (size_t i = 0; i < grains; i++) {
		if (!w->packed[i].len)
			continue;
		any = true;
		put(places + i * 4, w->at, 4);
		TRY(write_sectors(w, w->packed[i].bytes, w->packed[i].len));
		if (w->at > UINT32_MAX)
			return err_new(ERR_BUILD, "a vmdk holds at most 2 TB");
	}
	if (!any)
		return NULL;
	TRY(write_marker(w, MARKER_TABLE, sizeof places / SECTOR));
	put(w->directory + table * 4, w->at, 4);
	return write_sectors(w, places, sizeof places);
}

static struct err *write_tables(struct writer *w)
{
	uint64_t grains = over(w->disk_bytes, GRAIN);

	for (uint64_t t = 0; t < w->tables; t++) {
		w->first = t * GRAINS;
		size_t count = grains - w->first < GRAINS ? (size_t)(grains - w->first) : GRAINS;
		if (sparse_in_hole(w->from, w->first * GRAIN, (uint64_t)count * GRAIN))
			continue;
		TRY(thread_pool_run(thread_pool_size(), count, pack_grain, w));
		TRY(write_table(w, t, count));
	}
	return NULL;
}

static struct err *write_all(struct writer *w)
{
	size_t directory_bytes = over(w->tables * 4, SECTOR) * SECTOR;

	w->directory = mem_new(directory_bytes);
	TRY(write_header(w, AT_END));
	TRY(write_descriptor(w));
	TRY(write_tables(w));
	TRY(write_marker(w, MARKER_DIRECTORY, directory_bytes / SECTOR));
	uint64_t directory = w->at;
	TRY(write_sectors(w, w->directory, directory_bytes));
	TRY(write_marker(w, MARKER_FOOTER, 1));
	TRY(write_header(w, directory));
	return write_marker(w, MARKER_END, 0);
}

struct err *vmdk_write(int from, int to)
{
	struct stat st;

	if (fstat(from, &st) < 0)
		return err_errno(errno, "read the disk image");
	AUTO_FREE struct writer *w = mem_new(sizeof *w);
	w->from = from;
	w->to = to;
	w->disk_bytes = (uint64_t)st.st_size;
	w->tables = over(w->disk_bytes, (uint64_t)GRAIN * GRAINS);
	w->room = MARKER_HEAD + libdeflate_zlib_compress_bound(NULL, GRAIN);
	struct err *e = write_all(w);
	for (size_t i = 0; i < GRAINS; i++)
		free(w->packed[i].bytes);
	for (size_t i = 0; i < THREAD_POOL_MOST; i++)
		free(w->plain[i]);
	free(w->directory);
	return e;
}
