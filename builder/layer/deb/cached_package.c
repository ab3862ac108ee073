/* SPDX-License-Identifier: MIT */
#include "layer/deb/cached_package.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "layer/deb/deb.h"
#include "layer/deb/cached_package_index.h"

/* Packs are internal to the store and not part of an image: the fastest level is best. */
#define LEVEL 1

/* A pack being made from a .deb. */
struct making {
	struct cached_package *pack;
	struct store_writer *out;
	ZSTD_CCtx *zstd;
	char *buffer;
	size_t buffer_room;
	struct {
		struct cached_package_member *items;
		size_t count, room;
	} members;
	struct {
		struct cached_package_conffile *items;
		size_t count, room;
	} conffiles;
	struct text md5sums; /* generated if the archive has none */
	bool has_md5sums;
	struct entry *file; /* the file whose bytes follow */
	uint64_t left;
	struct digest_run *sha256;
	EVP_MD_CTX *md5; /* or NULL: not needed */
};

static struct err *compress(struct making *m, const void *bytes, size_t len, ZSTD_EndDirective end)
{
	ZSTD_inBuffer in = { bytes, len, 0 };
	size_t rest;

	do {
		ZSTD_outBuffer out = { m->buffer, m->buffer_room, 0 };
		rest = ZSTD_compressStream2(m->zstd, &out, &in, end);
		if (ZSTD_isError(rest))
			return err_new(ERR_SYSTEM, "compress: %s", ZSTD_getErrorName(rest));
		TRY(store_feed(m->out, m->buffer, out.pos));
		m->pack->packed_bytes += out.pos;
	} while (in.pos < in.size || (end == ZSTD_e_end && rest));
	return NULL;
}

static char *keep(struct making *m, const char *bytes, size_t len)
{
	return arena_dup(&m->pack->arena, bytes, len);
}

static void note_conffiles(struct making *m, const char *text)
{
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t len = strcspn(line, "\n");
		/* other lines, such as "remove-on-upgrade /etc/x", are not files of this package */
		if (*line == '/')
			VEC_PUSH(&m->conffiles,
				 (struct cached_package_conffile){ .path = keep(m, line + 1, len - 1) });
	}
}

static struct err *on_member(void *arg, const char *name, uint32_t mode, const char *bytes, size_t len)
{
	struct making *m = arg;
	struct cached_package_member member = { keep(m, name, strlen(name)), mode, keep(m, bytes, len), len };

	if (!strcmp(name, "conffiles"))
		note_conffiles(m, member.bytes);
	m->has_md5sums |= !strcmp(name, "md5sums");
	VEC_PUSH(&m->members, member);
	return NULL;
}

static struct cached_package_conffile *conffile(struct making *m, const char *path)
{
	for (size_t i = 0; i < m->conffiles.count; i++)
		if (!strcmp(m->conffiles.items[i].path, path))
			return &m->conffiles.items[i];
	return NULL;
}

static void finish_file(struct making *m)
{
	struct cached_package_conffile *c;
	unsigned char md5[16];
	char hex[33];

	m->file->sha256 = digest_finish(TAKE(m->sha256));
	if (m->md5) {
		EVP_DigestFinal_ex(m->md5, md5, NULL);
		EVP_MD_CTX_free(TAKE(m->md5));
		for (size_t i = 0; i < sizeof md5; i++) {
			hex[2 * i] = "0123456789abcdef"[md5[i] >> 4];
			hex[2 * i + 1] = "0123456789abcdef"[md5[i] & 15];
		}
		hex[32] = '\0';
		if ((c = conffile(m, m->file->path)))
			memcpy(c->md5, hex, sizeof hex);
		else
			text_printf(&m->md5sums, "%s  %s\n", hex, m->file->path);
	}
	m->file = NULL;
}

static struct err *on_entry(void *arg, const struct entry *e)
{
	struct making *m = arg;
	struct entry *added = tree_add(&m->pack->tree, e);

	if (e->kind != ENTRY_FILE)
		return NULL;
	added->content =
		(struct content){ .kind = CONTENT_PACK, .pack = m->pack, .offset = m->pack->data_bytes };
	m->file = added;
	m->left = e->size_bytes;
	m->sha256 = digest_start();
	if (!m->has_md5sums || conffile(m, e->path)) {
		m->md5 = EVP_MD_CTX_new();
		if (!m->md5 || !EVP_DigestInit_ex(m->md5, EVP_md5(), NULL))
			return err_new(ERR_SYSTEM,
				       "libcrypto offers no MD5, which dpkg's database is made of");
	}
	if (!m->left)
		finish_file(m);
	return NULL;
}

static struct err *on_bytes(void *arg, const void *bytes, size_t len)
{
	struct making *m = arg;

	digest_feed(m->sha256, bytes, len);
	if (m->md5)
		EVP_DigestUpdate(m->md5, bytes, len);
	TRY(compress(m, bytes, len, ZSTD_e_continue));
	m->pack->data_bytes += len;
	m->left -= len;
	if (!m->left)
		finish_file(m);
	return NULL;
}

static struct err *write_pack(struct making *m, int deb)
{
	AUTO_TEXT struct text index = { 0 };
	struct cached_package *p = m->pack;

	TRY(deb_read(deb, &(struct deb_sink){ m, on_member, on_entry, on_bytes }));
	TRY(compress(m, NULL, 0, ZSTD_e_end));
	text_put(&m->md5sums, ""); /* dpkg --audit requires the file even if it is empty */
	if (!m->has_md5sums)
		VEC_PUSH(&m->members,
			 (struct cached_package_member){ "md5sums", 0644, m->md5sums.bytes, m->md5sums.len });
	p->members = m->members.items;
	p->member_count = m->members.count;
	p->conffiles = m->conffiles.items;
	p->conffile_count = m->conffiles.count;
	cached_package_index_write(p, &index);
	TRY(store_feed(m->out, index.bytes, index.len));
	return store_commit(TAKE(m->out), NULL, &p->blob, &(uint64_t){ 0 });
}

static struct err *make(struct store *s, int deb, struct cached_package *p)
{
	struct making m = { .pack = p, .zstd = ZSTD_createCCtx(), .buffer_room = ZSTD_CStreamOutSize() };

	if (!m.zstd)
		mem_exhausted();
	m.buffer = mem_new(m.buffer_room);
	ZSTD_CCtx_setParameter(m.zstd, ZSTD_c_compressionLevel, LEVEL);
	struct err *e = store_begin(s, &m.out);
	if (!e)
		e = write_pack(&m, deb);
	store_abort(m.out);
	ZSTD_freeCCtx(m.zstd);
	digest_drop(m.sha256);
	EVP_MD_CTX_free(m.md5);
	text_done(&m.md5sums);
	free(m.buffer);
	free(m.members.items);
	free(m.conffiles.items);
	return e;
}

/* ret_found is false if there is none, if it has another format, or if its blob is missing. */
static struct err *find(const struct store *s, const struct digest *deb, struct digest *ret, bool *ret_found)
{
	AUTO_FREE char *text = NULL;
	size_t head = strlen(PACK_FORMAT " ");

	TRY(store_ref_read(s, "pack", deb, &text));
	*ret_found = text && text_starts(text, PACK_FORMAT " ") && digest_parse(text + head, ret) &&
		     store_has(s, ret);
	return NULL;
}

bool cached_package_has(const struct store *s, const struct digest *deb)
{
	struct digest blob;
	bool found = false;

	err_free(find(s, deb, &blob, &found));
	return found;
}

struct err *cached_package_make(struct store *s, const struct digest *deb)
{
	AUTO_CLOSE int fd = -1;
	char hex[DIGEST_HEX];
	struct cached_package p = { .deb = *deb };
	bool found;
	uint64_t size;

	TRY(find(s, deb, &p.blob, &found));
	if (found)
		return NULL;
	TRY(store_open_blob(s, deb, &fd, &size));
	struct err *e = make(s, fd, &p);
	arena_done(&p.arena);
	tree_done(&p.tree);
	TRY(e);
	AUTO_FREE char *ref = mem_printf(PACK_FORMAT " %s", digest_hex(&p.blob, hex));
	return store_ref_write(s, "pack", deb, ref);
}

struct err *cached_package_load(const struct store *s, const struct digest *deb, struct cached_package **ret)
{
	AUTO_CLOSE int fd = -1;
	struct digest blob;
	bool found;
	uint64_t size;

	TRY(find(s, deb, &blob, &found));
	if (!found)
		return err_new(ERR_SYSTEM, "the store holds no pack of this package");
	TRY(store_open_blob(s, &blob, &fd, &size));
	struct cached_package *p = mem_new(sizeof *p);
	p->deb = *deb;
	p->blob = blob;
	struct err *e = cached_package_index_read(fd, size, p);
	if (e)
		cached_package_free(p);
	else
		*ret = p;
	return e;
}

const struct cached_package_member *cached_package_member(const struct cached_package *p, const char *name)
{
	for (size_t i = 0; i < p->member_count; i++)
		if (!strcmp(p->members[i].name, name))
			return &p->members[i];
	return NULL;
}

void cached_package_free(struct cached_package *p)
{
	if (!p)
		return;
	arena_done(&p->arena);
	tree_done(&p->tree);
	free(p);
}

struct pack_reader {
	const struct cached_package *pack;
	int fd;
	ZSTD_DCtx *zstd;
	char *packed, *plain;
	size_t packed_room, plain_room;
	ZSTD_inBuffer in;
	ZSTD_outBuffer out; /* the last decoded bytes */
	size_t used;	    /* how many of them were consumed */
	uint64_t fetched;   /* packed bytes read from fd */
	uint64_t at;	    /* offset of the next plain byte */
};

struct err *cached_package_open(const struct store *s, const struct cached_package *p,
				struct pack_reader **ret)
{
	uint64_t size;
	int fd;

	TRY(store_open_blob(s, &p->blob, &fd, &size));
	struct pack_reader *r = mem_new(sizeof *r);
	*r = (struct pack_reader){ .pack = p,
				   .fd = fd,
				   .zstd = ZSTD_createDCtx(),
				   .packed_room = ZSTD_DStreamInSize(),
				   .plain_room = ZSTD_DStreamOutSize() };
	if (!r->zstd)
		mem_exhausted();
	r->packed = mem_new(r->packed_room);
	r->plain = mem_new(r->plain_room);
	*ret = r;
	return NULL;
}

static void rewind_to_start(struct pack_reader *r)
{
	ZSTD_DCtx_reset(r->zstd, ZSTD_reset_session_only);
	r->in = (ZSTD_inBuffer){ 0 };
	r->out = (ZSTD_outBuffer){ 0 };
	r->used = 0;
	r->fetched = r->at = 0;
}

static struct err *decode(struct pack_reader *r)
{
	if (r->in.pos == r->in.size) {
		uint64_t left = r->pack->packed_bytes - r->fetched;
		size_t want = left < r->packed_room ? (size_t)left : r->packed_room;
		ssize_t n = pread(r->fd, r->packed, want, (off_t)r->fetched);
		if (n < 0 && errno == EINTR)
			return NULL;
		if (n <= 0)
			return n ? err_errno(errno, "read a pack") :
				   err_new(ERR_SYSTEM, "a pack is cut short");
		r->fetched += (uint64_t)n;
		r->in = (ZSTD_inBuffer){ r->packed, (size_t)n, 0 };
	}
	r->out = (ZSTD_outBuffer){ r->plain, r->plain_room, 0 };
	r->used = 0;
	size_t rest = ZSTD_decompressStream(r->zstd, &r->out, &r->in);
	return ZSTD_isError(rest) ? err_new(ERR_SYSTEM, "unpack a pack: %s", ZSTD_getErrorName(rest)) : NULL;
}

struct err *cached_package_read(struct pack_reader *r, uint64_t offset, void *bytes, size_t len)
{
	char *to = bytes;

	if (offset > r->pack->data_bytes || len > r->pack->data_bytes - offset)
		return err_new(ERR_SYSTEM, "read beyond the end of a pack");
	if (offset < r->at)
		rewind_to_start(r);
	while (len) {
		size_t have = r->out.pos - r->used;
		if (!have) {
			TRY(decode(r));
			continue;
		}
		uint64_t skip = offset - r->at;
		size_t n = skip ? (skip < have ? (size_t)skip : have) : len < have ? len : have;
		if (!skip) {
			memcpy(to, r->plain + r->used, n);
			to += n;
			offset += n;
			len -= n;
		}
		r->used += n;
		r->at += n;
	}
	return NULL;
}

void cached_package_close(struct pack_reader *r)
{
	if (!r)
		return;
	ZSTD_freeDCtx(r->zstd);
	close(r->fd);
	free(r->packed);
	free(r->plain);
	free(r);
}
