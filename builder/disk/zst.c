/* SPDX-License-Identifier: MIT */
#include "disk/zst.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/thread_pool.h"
#include "base/file.h"
#include "base/mem.h"
#include "disk/sparse.h"

#define LEVEL 3
#define HOLE 65536u /* zeros are skipped in pieces of this size */

struct packer {
	int raw, fd;
	uint64_t size;
	void *zeros; /* the frame for ZST_FRAME zeros */
	size_t zeros_len;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t written;					     /* frames, under lock */
	bool stopped;						     /* by a failure, under lock */
	uint8_t *plain[THREAD_POOL_MOST], *packed[THREAD_POOL_MOST]; /* each worker's */
};

/* Uses a new context for each frame, so that earlier use does not affect the bytes. */
static struct err *pack(const void *plain, size_t len, void *packed, size_t room, size_t *ret_len)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();

	if (!c)
		mem_exhausted();
	ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	*ret_len = ZSTD_compress2(c, packed, room, plain, len);
	ZSTD_freeCCtx(c);
	return ZSTD_isError(*ret_len) ?
		       err_new(ERR_SYSTEM, "compress the disk image: %s", ZSTD_getErrorName(*ret_len)) :
		       NULL;
}

/* *ret_bytes is either packed or the frame of zeros. */
static struct err *make_frame(const struct packer *p, uint64_t frame, uint8_t *plain, void *packed,
			      size_t room, const void **ret_bytes, size_t *ret_len)
{
	uint64_t at = frame * ZST_FRAME;
	size_t len = p->size - at < ZST_FRAME ? (size_t)(p->size - at) : ZST_FRAME;
	bool hole = len == ZST_FRAME && sparse_in_hole(p->raw, at, len);

	*ret_bytes = packed;
	if (!hole)
		TRY(file_read_at(p->raw, plain, len, at, "read the disk image"));
	if (!hole && (len < ZST_FRAME || !sparse_is_zero(plain, len)))
		return pack(plain, len, packed, room, ret_len);
	*ret_bytes = p->zeros;
	*ret_len = p->zeros_len;
	return NULL;
}

/* Writes frames in order: each waits for its turn, which never comes after a failure. */
static struct err *put_frame(struct packer *p, uint64_t frame, const void *bytes, size_t len,
			     struct err *failed)
{
	pthread_mutex_lock(&p->lock);
	while (!p->stopped && p->written < frame)
		pthread_cond_wait(&p->changed, &p->lock);
	if (!failed && !p->stopped)
		failed = file_write_all(p->fd, bytes, len, "the disk image");
	p->stopped = p->stopped || failed;
	p->written++;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
	return failed;
}

static struct err *do_frame(void *arg, unsigned worker, size_t frame)
{
	struct packer *p = arg;
	size_t room = ZSTD_compressBound(ZST_FRAME), len = 0;
	const void *bytes;

	if (!p->plain[worker]) {
		p->plain[worker] = mem_new(ZST_FRAME);
		p->packed[worker] = mem_new(room);
	}
	struct err *e = make_frame(p, frame, p->plain[worker], p->packed[worker], room, &bytes, &len);
	return put_frame(p, frame, bytes, len, e);
}

struct err *zst_write(int raw, int fd)
{
	size_t room = ZSTD_compressBound(ZST_FRAME);
	AUTO_FREE void *zeros = mem_new(room), *plain = mem_new(ZST_FRAME);
	struct packer p = { .raw = raw, .fd = fd, .zeros = zeros };
	struct stat st;

	if (fstat(raw, &st) < 0)
		return err_errno(errno, "read the disk image");
	p.size = (uint64_t)st.st_size;
	TRY(pack(plain, ZST_FRAME, zeros, room, &p.zeros_len));
	pthread_mutex_init(&p.lock, NULL);
	pthread_cond_init(&p.changed, NULL);
	struct err *e =
		thread_pool_run(thread_pool_size(), (p.size + ZST_FRAME - 1) / ZST_FRAME, do_frame, &p);
	for (unsigned i = 0; i < THREAD_POOL_MOST; i++) {
		mem_freep(&p.plain[i]);
		mem_freep(&p.packed[i]);
	}
	pthread_cond_destroy(&p.changed);
	pthread_mutex_destroy(&p.lock);
	return e;
}

struct unpacker {
	ZSTD_DCtx *zstd;
	int zst, fd;
	uint64_t at;		 /* bytes of the disk so far */
	uint8_t *packed, *plain; /* of ZSTD_DStreamInSize, HOLE bytes */
};

static struct err *put_plain(struct unpacker *u, size_t len)
{
	if (len && !sparse_is_zero(u->plain, len))
		TRY(file_write_at(u->fd, u->plain, len, u->at, "unpack the disk image"));
	u->at += len;
	return NULL;
}

/* Outputs whole pieces of HOLE bytes, so that pieces do not depend on how the input was split. */
static struct err *unpack_input(struct unpacker *u, ZSTD_inBuffer *in, ZSTD_outBuffer *out, size_t *ret_left)
{
	for (bool full = false; in->pos < in->size || (full && *ret_left);) {
		*ret_left = ZSTD_decompressStream(u->zstd, out, in);
		if (ZSTD_isError(*ret_left))
			return err_new(ERR_USAGE, "the disk image is damaged or no zstd file: %s",
				       ZSTD_getErrorName(*ret_left));
		full = out->pos == out->size;
		if (!full)
			continue;
		TRY(put_plain(u, out->pos));
		out->pos = 0;
	}
	return NULL;
}

static struct err *unpack_all(struct unpacker *u)
{
	ZSTD_outBuffer out = { u->plain, HOLE, 0 };
	size_t left = 1;
	ssize_t n;

	while ((n = read(u->zst, u->packed, ZSTD_DStreamInSize())) > 0)
		TRY(unpack_input(u, &(ZSTD_inBuffer){ u->packed, (size_t)n, 0 }, &out, &left));
	if (n < 0)
		return err_errno(errno, "read the disk image");
	if (left)
		return err_new(ERR_USAGE, "the disk image ends early: it was not copied whole");
	TRY(put_plain(u, out.pos));
	return ftruncate(u->fd, (off_t)u->at) < 0 ? err_errno(errno, "unpack the disk image") : NULL;
}

struct err *zst_read(int zst, int fd)
{
	AUTO_FREE uint8_t *packed = mem_new(ZSTD_DStreamInSize()), *plain = mem_new(HOLE);
	struct unpacker u = { ZSTD_createDCtx(), zst, fd, 0, packed, plain };

	if (!u.zstd)
		mem_exhausted();
	struct err *e = unpack_all(&u);
	ZSTD_freeDCtx(u.zstd);
	return e;
}
