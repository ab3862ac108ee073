/* SPDX-License-Identifier: MIT */
#include "disk/qcow2.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "disk/sparse.h"

#define CLUSTER 65536u
#define ENTRIES (CLUSTER / 8) /* of a table of 64-bit entries */
#define COUNTS (CLUSTER / 2)  /* of a block of 16-bit reference counts */
#define COPIED (1ull << 63)

/* The file: header, reference table, reference blocks, L1, L2 tables, data; each begins at a cluster. */
struct plan {
	uint64_t disk_bytes, clusters; /* of the disk */
	uint64_t used;		       /* clusters that hold something */
	uint64_t l2_tables, l1_clusters, table_clusters, count_blocks;
	uint8_t *map; /* one byte for each cluster of the disk: 1 if it holds data */
};

static void put(uint8_t *out, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		out[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
}

static uint64_t over(uint64_t n, uint64_t unit)
{
	return (n + unit - 1) / unit;
}

static struct err *read_cluster(int fd, const struct plan *p, uint64_t cluster, uint8_t *out)
{
	uint64_t at = cluster * CLUSTER;
	size_t want = p->disk_bytes - at < CLUSTER ? (size_t)(p->disk_bytes - at) : CLUSTER;

	memset(out + want, 0, CLUSTER - want);
	return file_read_at(fd, out, want, at, "read the disk image");
}

/* Asks the file system for holes first, then checks the data for zeros. */
static struct err *find_used(int fd, struct plan *p, uint8_t *buffer)
{
	off_t at = 0;

	while ((at = lseek(fd, at, SEEK_DATA)) >= 0) {
		off_t end = lseek(fd, at, SEEK_HOLE);
		uint64_t last = over((uint64_t)end, CLUSTER);
		for (uint64_t c = (uint64_t)at / CLUSTER; c < last && c < p->clusters; c++) {
			TRY(read_cluster(fd, p, c, buffer));
			if (p->map[c] || sparse_is_zero(buffer, CLUSTER))
				continue;
			p->map[c] = 1;
			p->used++;
		}
		at = end;
	}
	return errno == ENXIO ? NULL : err_errno(errno, "read the disk image");
}

static uint64_t l2_at(const struct plan *p)
{
	return 1 + p->table_clusters + p->count_blocks + p->l1_clusters;
}

/* Reference blocks also count themselves, so their number is found by iteration. */
static void size_tables(struct plan *p)
{
	uint64_t all;

	for (uint64_t l2 = 0; l2 * ENTRIES < p->clusters; l2++) {
		uint64_t left = p->clusters - l2 * ENTRIES;
		p->l2_tables += memchr(p->map + l2 * ENTRIES, 1, left < ENTRIES ? left : ENTRIES) != NULL;
	}
	p->l1_clusters = over(over(p->clusters, ENTRIES), ENTRIES);
	p->count_blocks = p->table_clusters = 1;
	for (;;) {
		all = l2_at(p) + p->l2_tables + p->used;
		if (over(all, COUNTS) <= p->count_blocks)
			break;
		p->count_blocks = over(all, COUNTS);
		p->table_clusters = over(p->count_blocks, ENTRIES);
	}
}

static struct err *write_cluster(int fd, const uint8_t *bytes, uint64_t cluster)
{
	return file_write_at(fd, bytes, CLUSTER, cluster * CLUSTER, "write the qcow2 image");
}

static struct err *write_head(int fd, const struct plan *p, uint8_t *c)
{
	memset(c, 0, CLUSTER);
	memcpy(c, "QFI\xfb", 4);
	put(c + 4, 3, 4);
	put(c + 20, 16, 4); /* cluster bits */
	put(c + 24, p->disk_bytes, 8);
	put(c + 36, over(p->clusters, ENTRIES), 4); /* entries of L1 */
	put(c + 40, (1 + p->table_clusters + p->count_blocks) * CLUSTER, 8);
	put(c + 48, CLUSTER, 8); /* reference table */
	put(c + 56, p->table_clusters, 4);
	put(c + 96, 4, 4);    /* 16-bit counts */
	put(c + 100, 104, 4); /* length of this header */
	return write_cluster(fd, c, 0);
}

static struct err *write_counts(int fd, const struct plan *p, uint8_t *c)
{
	uint64_t all = l2_at(p) + p->l2_tables + p->used, first = 1 + p->table_clusters;

	for (uint64_t t = 0; t < p->table_clusters; t++) {
		memset(c, 0, CLUSTER);
		for (uint64_t i = 0; i < ENTRIES && t * ENTRIES + i < p->count_blocks; i++)
			put(c + i * 8, (first + t * ENTRIES + i) * CLUSTER, 8);
		TRY(write_cluster(fd, c, 1 + t));
	}
	for (uint64_t b = 0; b < p->count_blocks; b++) {
		memset(c, 0, CLUSTER);
		for (uint64_t i = 0; i < COUNTS && b * COUNTS + i < all; i++)
			c[i * 2 + 1] = 1;
		TRY(write_cluster(fd, c, first + b));
	}
	return NULL;
}

/* L1 lists the L2 tables that are not empty; each L2 table lists its clusters in disk order. */
static struct err *write_maps(int fd, const struct plan *p, uint8_t *l1, uint8_t *l2)
{
	uint64_t table = l2_at(p), data = table + p->l2_tables, groups = over(p->clusters, ENTRIES);

	for (uint64_t g = 0; g < groups; g++) {
		uint64_t left = p->clusters - g * ENTRIES, count = left < ENTRIES ? left : ENTRIES;
		if (g % ENTRIES == 0)
			memset(l1, 0, CLUSTER);
		if (memchr(p->map + g * ENTRIES, 1, count)) {
			memset(l2, 0, CLUSTER);
			for (uint64_t i = 0; i < count; i++)
				if (p->map[g * ENTRIES + i])
					put(l2 + i * 8, data++ * CLUSTER | COPIED, 8);
			put(l1 + g % ENTRIES * 8, table * CLUSTER | COPIED, 8);
			TRY(write_cluster(fd, l2, table++));
		}
		if (g % ENTRIES == ENTRIES - 1 || g + 1 == groups)
			TRY(write_cluster(fd, l1, 1 + p->table_clusters + p->count_blocks + g / ENTRIES));
	}
	return NULL;
}

/* Consecutive clusters stay consecutive, so the kernel copies whole runs. The last one may be cut by the end
 * of the disk. */
static struct err *write_data(int from, int to, const struct plan *p)
{
	uint64_t at = (l2_at(p) + p->l2_tables) * CLUSTER;

	for (uint64_t first = 0, end; first < p->clusters; first = end) {
		for (end = first + 1; p->map[first] && end < p->clusters && p->map[end];)
			end++;
		if (!p->map[first])
			continue;
		uint64_t len = (end < p->clusters ? end * CLUSTER : p->disk_bytes) - first * CLUSTER;
		if (lseek(from, (off_t)(first * CLUSTER), SEEK_SET) < 0 || lseek(to, (off_t)at, SEEK_SET) < 0)
			return err_errno(errno, "write the qcow2 image");
		TRY(file_copy(from, to, len, "the disk image"));
		at += (end - first) * CLUSTER;
	}
	return ftruncate(to, (off_t)at) < 0 ? err_errno(errno, "write the qcow2 image") : NULL;
}

struct err *qcow2_write(int from, int to)
{
	struct stat st;
	AUTO_FREE uint8_t *one = mem_new(CLUSTER), *two = mem_new(CLUSTER);

	if (fstat(from, &st) < 0)
		return err_errno(errno, "read the disk image");
	struct plan p = { .disk_bytes = (uint64_t)st.st_size,
			  .clusters = over((uint64_t)st.st_size, CLUSTER) };
	AUTO_FREE uint8_t *map = mem_new(p.clusters);
	p.map = map;
	TRY(find_used(from, &p, one));
	size_tables(&p);
	TRY(write_head(to, &p, one));
	TRY(write_counts(to, &p, one));
	TRY(write_maps(to, &p, one, two));
	return write_data(from, to, &p);
}
