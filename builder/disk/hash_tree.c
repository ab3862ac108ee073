/* SPDX-License-Identifier: MIT */
#include "disk/hash_tree.h"

#include <string.h>

#include "base/bytes.h"
#include "base/thread_pool.h"
#include "base/file.h"
#include "base/mem.h"

#define BLOCK 4096u
#define FAN (BLOCK / sizeof(struct digest)) /* digests in a block */
#define LEVELS 10			    /* enough for more than 2^64 bytes */
#define CHUNK 256u			    /* blocks read at once */

/* Each level has one block for FAN blocks of the level below; levels[0] is nearest to the data. */
static unsigned count_levels(uint64_t data_blocks, uint64_t levels[static LEVELS])
{
	unsigned count = 0;

	for (uint64_t n = data_blocks; n > 1; levels[count++] = n)
		n = (n + FAN - 1) / FAN;
	return count;
}

uint64_t hash_tree_size(uint64_t data_bytes)
{
	uint64_t levels[LEVELS], blocks = 1;

	for (unsigned n = count_levels(data_bytes / BLOCK, levels); n;)
		blocks += levels[--n];
	return blocks * BLOCK;
}

static void hash_blocks(const struct hash_tree *v, const uint8_t *blocks, uint64_t count, uint8_t *out)
{
	struct digest_run *run = digest_start();

	for (uint64_t i = 0; i < count; i++) {
		digest_feed(run, v->salt, sizeof v->salt);
		digest_feed(run, blocks + i * BLOCK, BLOCK);
		struct digest d = digest_next(run);
		memcpy(out + i * sizeof d, d.bytes, sizeof d);
	}
	digest_drop(run);
}

struct hashing {
	const struct hash_tree *v;
	int fd;
	uint64_t at, blocks; /* byte of fd; blocks from there */
	uint8_t *out;
	uint8_t *room[THREAD_POOL_MOST]; /* each worker's buffer */
};

static struct err *hash_part(void *arg, unsigned worker, size_t part)
{
	struct hashing *h = arg;
	uint64_t first = part * CHUNK, count = h->blocks - first < CHUNK ? h->blocks - first : CHUNK;

	if (!h->room[worker])
		h->room[worker] = mem_new(CHUNK * BLOCK);
	TRY(file_read_at(h->fd, h->room[worker], count * BLOCK, h->at + first * BLOCK,
			 "hash the root file system"));
	hash_blocks(h->v, h->room[worker], count, h->out + first * sizeof(struct digest));
	return NULL;
}

static struct err *hash_data(const struct hash_tree *v, int fd, uint64_t at, uint64_t blocks, uint8_t *out)
{
	struct hashing h = { .v = v, .fd = fd, .at = at, .blocks = blocks, .out = out };
	struct err *e = thread_pool_run(thread_pool_size(), (blocks + CHUNK - 1) / CHUNK, hash_part, &h);

	for (unsigned i = 0; i < THREAD_POOL_MOST; i++)
		mem_freep(&h.room[i]);
	return e;
}

static void fill_super(const struct hash_tree *v, uint64_t data_blocks, uint8_t *s)
{
	memcpy(s, "verity\0\0", 8);
	bytes_put(s + 8, 1, 4);
	bytes_put(s + 12, 1, 4);
	memcpy(s + 16, v->uuid, sizeof v->uuid);
	memcpy(s + 32, "sha256", 6);
	bytes_put(s + 64, BLOCK, 4);
	bytes_put(s + 68, BLOCK, 4);
	bytes_put(s + 72, data_blocks, 8);
	bytes_put(s + 80, sizeof v->salt, 2);
	memcpy(s + 88, v->salt, sizeof v->salt);
}

/* The level nearest to the data comes last. A single block of data has no tree: its digest is the root
 * hash. */
struct err *hash_tree_write(const struct hash_tree *v, int fd, uint64_t data_at, uint64_t data_bytes,
			    uint64_t tree_at, struct digest *ret_root)
{
	uint64_t levels[LEVELS], size = hash_tree_size(data_bytes), blocks = data_bytes / BLOCK;
	unsigned count = count_levels(blocks, levels);
	AUTO_FREE uint8_t *tree = mem_new(size);
	uint8_t *level = tree + size;

	fill_super(v, blocks, tree);
	if (count)
		level -= levels[0] * BLOCK;
	TRY(hash_data(v, fd, data_at, blocks, count ? level : ret_root->bytes));
	for (unsigned i = 1; i < count; i++) {
		uint8_t *below = level;
		level -= levels[i] * BLOCK;
		hash_blocks(v, below, levels[i - 1], level);
	}
	if (count)
		hash_blocks(v, level, 1, ret_root->bytes);
	return file_write_at(fd, tree, size, tree_at, "write the hash tree");
}
