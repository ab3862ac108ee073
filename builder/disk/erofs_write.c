/* SPDX-License-Identifier: MIT */
/* Writes the bytes of an EROFS file system that erofs.c has laid out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/thread_pool.h"
#include "base/file.h"
#include "base/mem.h"
#include "disk/erofs.h"
#include "disk/erofs_node.h"

#define CHUNK (256u * 1024)
#define PART_BYTES (4u << 20)

static void fill_super(const struct erofs *fs, uint8_t *block)
{
	uint8_t *s = block + EROFS_SUPER;

	bytes_put(s, 0xE0F5E1E2u, 4);
	bytes_put(s + 8, 3, 4); /* compatible: checksum, times */
	s[12] = 12;		/* block size, log 2 */
	bytes_put(s + 14, fs->nodes[0].at / EROFS_SLOT, 2);
	bytes_put(s + 16, fs->count, 8);
	bytes_put(s + 24, (uint64_t)fs->epoch, 8);
	bytes_put(s + 36, fs->blocks, 4);
	memcpy(s + 48, fs->uuid, 16);
	/* not inverted at the end */
	bytes_put(s + 4, ~bytes_crc(s, EROFS_BLOCK - EROFS_SUPER, BYTES_CRC32C), 4);
}

static unsigned mode_of(const struct entry *e)
{
	static const unsigned types[] = {
		[ENTRY_FILE] = S_IFREG, [ENTRY_FOLDER] = S_IFDIR, [ENTRY_SYMLINK] = S_IFLNK,
		[ENTRY_CHAR] = S_IFCHR, [ENTRY_BLOCK] = S_IFBLK,  [ENTRY_FIFO] = S_IFIFO,
	};

	return types[e->kind] | e->mode;
}

static void fill_inode(const struct erofs *fs, const struct erofs_node *n, uint8_t *inode)
{
	const struct entry *e = n->entry;
	int64_t time = e->mtime > fs->epoch ? fs->epoch : e->mtime;

	bytes_put(inode, 1u | (n->tail ? 2u << 1 : 0), 2); /* extended; flat, its tail inline or not */
	bytes_put(inode + 4, mode_of(e), 2);
	bytes_put(inode + 8, n->size, 8);
	if (e->kind == ENTRY_CHAR || e->kind == ENTRY_BLOCK)
		bytes_put(inode + 16, (e->minor & 0xff) | e->major << 8 | (e->minor & ~0xffu) << 12, 4);
	else
		bytes_put(inode + 16, n->size > n->tail ? n->block : 0xffffffffu, 4);
	bytes_put(inode + 20, n->at / EROFS_SLOT, 4);
	bytes_put(inode + 24, e->uid, 4);
	bytes_put(inode + 28, e->gid, 4);
	bytes_put(inode + 32, (uint64_t)time, 8);
	bytes_put(inode + 44, n->links, 4);
}

/* One worker's job: the files of one pack, or some that are in none. */
struct part {
	size_t from, to; /* indexes into the order */
};

struct sink {
	const struct erofs *fs;
	const struct content_reader *readers; /* one a worker, as the next */
	uint8_t *chunks[THREAD_POOL_MOST];
	int fd;
	uint64_t at;
	uint8_t *meta; /* all inodes and tails, written once at the end */
	const struct erofs_node **order;
	struct {
		struct part *items;
		size_t count, room;
	} parts;
};

static struct err *write_at(const struct sink *s, const void *bytes, size_t len, uint64_t at)
{
	return file_write_at(s->fd, bytes, len, s->at + at, "write the root file system");
}

/* The content of a folder or link is made in memory, then split like any other. */
static struct err *write_small(const struct sink *s, const struct erofs_node *n)
{
	size_t whole = n->size - n->tail;
	AUTO_FREE uint8_t *bytes = mem_new(n->size + EROFS_BLOCK);

	if (n->entry->kind == ENTRY_FOLDER)
		erofs_folder_fill(n, bytes);
	else
		memcpy(bytes, n->entry->link, n->size);
	memcpy(s->meta + n->at + EROFS_INODE, bytes + whole, n->tail);
	return whole ? write_at(s, bytes, (whole + EROFS_BLOCK - 1) / EROFS_BLOCK * EROFS_BLOCK,
				n->block * EROFS_BLOCK) :
		       NULL;
}

static struct err *write_file(const struct sink *s, const struct erofs_node *n, unsigned worker)
{
	const struct content_reader *from = &s->readers[worker];
	uint64_t whole = n->size - n->tail;

	for (uint64_t done = 0; done < whole;) {
		size_t len = whole - done > CHUNK ? CHUNK : (size_t)(whole - done);
		TRY_AS(from->read(from->state, n->entry, done, s->chunks[worker], len), "/%s",
		       n->entry->path);
		TRY(write_at(s, s->chunks[worker], len, n->block * EROFS_BLOCK + done));
		done += len;
	}
	if (n->tail)
		TRY_AS(from->read(from->state, n->entry, whole, s->meta + n->at + EROFS_INODE, n->tail),
		       "/%s", n->entry->path);
	return NULL;
}

/* Sorts the files of a pack in the order of its stream, so that each pack is read once. */
static int by_source(const void *a, const void *b)
{
	const struct erofs_node *const *x = a, *const *y = b;
	const struct content *c = &(*x)->entry->content, *d = &(*y)->entry->content;

	if (c->pack != d->pack)
		return (uintptr_t)c->pack < (uintptr_t)d->pack ? -1 : 1;
	if (c->pack && c->offset != d->offset)
		return c->offset < d->offset ? -1 : 1;
	return (*x > *y) - (*x < *y);
}

static void cut_into_parts(struct sink *s)
{
	const void *pack = NULL;
	uint64_t bytes = 0;

	for (size_t i = 0; i < s->fs->count; i++) {
		const struct erofs_node *n = s->order[i];
		if (!i || n->entry->content.pack != pack || (!pack && bytes > PART_BYTES)) {
			VEC_PUSH(&s->parts, (struct part){ i, i });
			pack = n->entry->content.pack;
			bytes = 0;
		}
		s->parts.items[s->parts.count - 1].to = i + 1;
		bytes += n->size + EROFS_BLOCK;
	}
}

static struct err *write_part(void *arg, unsigned worker, size_t number)
{
	struct sink *s = arg;
	const struct part *part = &s->parts.items[number];

	if (!s->chunks[worker])
		s->chunks[worker] = mem_new(CHUNK);
	for (size_t i = part->from; i < part->to; i++) {
		const struct erofs_node *n = s->order[i];
		fill_inode(s->fs, n, s->meta + n->at);
		if (n->entry->kind == ENTRY_FILE)
			TRY(write_file(s, n, worker));
		else if (n->size)
			TRY(write_small(s, n));
	}
	return NULL;
}

static struct err *write_all(struct sink *s, unsigned workers)
{
	const struct erofs *fs = s->fs;

	for (size_t i = 0; i < fs->count; i++)
		s->order[i] = &fs->nodes[i];
	qsort(s->order, fs->count, sizeof *s->order, by_source);
	cut_into_parts(s);
	TRY(thread_pool_run(workers, s->parts.count, write_part, s));
	fill_super(fs, s->meta);
	return write_at(s, s->meta, fs->meta_bytes, 0);
}

struct err *erofs_write(const struct erofs *fs, const struct content_reader *readers, unsigned count, int fd,
			uint64_t at)
{
	AUTO_FREE uint8_t *meta = mem_new(fs->meta_bytes);
	AUTO_FREE const struct erofs_node **order = mem_array(fs->count, sizeof *order);
	struct sink s = { .fs = fs, .readers = readers, .fd = fd, .at = at, .meta = meta, .order = order };
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_errno(errno, "write the root file system");
	if ((uint64_t)st.st_size < at + erofs_size(fs) && ftruncate(fd, (off_t)(at + erofs_size(fs))) < 0)
		return err_errno(errno, "write the root file system");
	struct err *e = write_all(&s, count);
	for (unsigned i = 0; i < THREAD_POOL_MOST; i++)
		mem_freep(&s.chunks[i]);
	mem_freep(&s.parts.items);
	return e;
}
