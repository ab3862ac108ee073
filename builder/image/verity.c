#include "image/verity.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/mem.h"

#define BLOCK 4096u
#define FAN (BLOCK / sizeof(struct digest))  /* digests in a block */
#define LEVELS 10                            /* more than 2^64 bytes need */
#define CHUNK 256u                           /* blocks read at once */
#define THREADS 8

/* A block for each FAN of the level below, down to the data: levels[0] is nearest to them. */
static unsigned count_levels(uint64_t data_blocks, uint64_t levels[static LEVELS])
{
	unsigned count = 0;

	for (uint64_t n = data_blocks; n > 1; levels[count++] = n)
		n = (n + FAN - 1) / FAN;
	return count;
}

uint64_t verity_size(uint64_t data_bytes)
{
	uint64_t levels[LEVELS], blocks = 1;

	for (unsigned n = count_levels(data_bytes / BLOCK, levels); n;)
		blocks += levels[--n];
	return blocks * BLOCK;
}

static void hash_blocks(const struct verity *v, const uint8_t *blocks, uint64_t count, uint8_t *out)
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

struct range {
	const struct verity *v;
	int fd;
	uint64_t at, blocks;     /* byte of fd */
	uint8_t *out;
	struct err *failed;
};

static void *hash_range(void *arg)
{
	struct range *r = arg;
	AUTO_FREE uint8_t *bytes = mem_new(CHUNK * BLOCK);

	for (uint64_t done = 0; done < r->blocks && !r->failed; done += CHUNK) {
		uint64_t count = r->blocks - done < CHUNK ? r->blocks - done : CHUNK;
		r->failed = file_read_at(r->fd, bytes, count * BLOCK, r->at + done * BLOCK, "hash the root file system");
		hash_blocks(r->v, bytes, count, r->out + done * sizeof(struct digest));
	}
	return NULL;
}

/* The caller takes the last range, and those that no thread could be had for. */
static struct err *hash_data(const struct verity *v, int fd, uint64_t at, uint64_t blocks, uint8_t *out)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned count = processors < 1 ? 1 : processors > THREADS ? THREADS : (unsigned)processors;
	struct range ranges[THREADS];
	pthread_t threads[THREADS];
	bool started[THREADS] = { 0 };
	struct err *e = NULL;

	for (unsigned i = 0; i < count; i++) {
		uint64_t from = blocks * i / count, to = blocks * (i + 1) / count;
		ranges[i] = (struct range){ v, fd, at + from * BLOCK, to - from, out + from * sizeof(struct digest), NULL };
		started[i] = i + 1 < count && !pthread_create(&threads[i], NULL, hash_range, &ranges[i]);
		if (!started[i])
			hash_range(&ranges[i]);
	}
	for (unsigned i = 0; i < count; i++) {
		if (started[i])
			pthread_join(threads[i], NULL);
		if (e)
			err_free(ranges[i].failed);
		else
			e = ranges[i].failed;
	}
	return e;
}

static void fill_super(const struct verity *v, uint64_t data_blocks, uint8_t *s)
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

/* The level nearest to the data comes last; one block of data has none, and its digest is the root hash. */
struct err *verity_write(const struct verity *v, int fd, uint64_t data_at, uint64_t data_bytes, uint64_t tree_at, struct digest *ret_root)
{
	uint64_t levels[LEVELS], size = verity_size(data_bytes), blocks = data_bytes / BLOCK;
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
