/* SPDX-License-Identifier: MIT */
#include "layer/deb/cached_package_index.h"

#include <string.h>
#include <zstd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/mem.h"

#define FOOTER_BYTES 40
#define INDEX_LIMIT (512u << 20)

static void put_32(struct text *t, uint32_t n)
{
	char bytes[4];

	bytes_put(bytes, n, sizeof bytes);
	text_add(t, bytes, sizeof bytes);
}

static void put_64(struct text *t, uint64_t n)
{
	char bytes[8];

	bytes_put(bytes, n, sizeof bytes);
	text_add(t, bytes, sizeof bytes);
}

static void put_bytes(struct text *t, const char *bytes, size_t len)
{
	put_32(t, (uint32_t)len);
	text_add(t, bytes, len);
	text_add(t, "", 1);
}

static void put_string(struct text *t, const char *s)
{
	put_bytes(t, s ? s : "", s ? strlen(s) : 0);
}

static void put_entry(struct text *t, const struct entry *e)
{
	text_add(t, (const char *)&e->kind, 1);
	put_32(t, e->mode);
	put_32(t, e->uid);
	put_32(t, e->gid);
	put_64(t, (uint64_t)e->mtime);
	put_string(t, e->path);
	put_string(t, e->link);
	put_32(t, e->major);
	put_32(t, e->minor);
	put_64(t, e->size_bytes);
	put_64(t, e->content.offset);
	text_add(t, (const char *)e->sha256.bytes, sizeof e->sha256.bytes);
}

void cached_package_index_write(const struct cached_package *p, struct text *out)
{
	AUTO_TEXT struct text plain = { 0 };

	put_32(&plain, (uint32_t)p->member_count);
	for (size_t i = 0; i < p->member_count; i++) {
		put_string(&plain, p->members[i].name);
		put_32(&plain, p->members[i].mode);
		put_bytes(&plain, p->members[i].bytes, p->members[i].len);
	}
	put_32(&plain, (uint32_t)p->conffile_count);
	for (size_t i = 0; i < p->conffile_count; i++) {
		put_string(&plain, p->conffiles[i].path);
		put_string(&plain, p->conffiles[i].md5);
	}
	put_32(&plain, (uint32_t)p->tree.count);
	for (size_t i = 0; i < p->tree.count; i++)
		put_entry(&plain, &p->tree.items[i]);
	size_t room = ZSTD_compressBound(plain.len);
	AUTO_FREE char *packed = mem_new(room);
	size_t len = ZSTD_compress(packed, room, plain.bytes, plain.len, 1);
	if (ZSTD_isError(len)) /* the buffer has the maximal size: only memory can run out */
		mem_exhausted();
	text_add(out, packed, len);
	put_64(out, p->packed_bytes);
	put_64(out, p->data_bytes);
	put_64(out, len);
	put_64(out, plain.len);
	text_put(out, PACK_FORMAT);
}

/* Walks over index bytes: after the first read beyond the end everything reads as zero. */
struct walk {
	const char *at;
	size_t left;
	bool failed;
};

static const char *get_raw(struct walk *w, size_t len)
{
	if (w->failed || len > w->left) {
		w->failed = true;
		return NULL;
	}
	const char *at = w->at;
	w->at += len;
	w->left -= len;
	return at;
}

static uint32_t get_32(struct walk *w)
{
	const char *at = get_raw(w, 4);

	return at ? (uint32_t)bytes_get(at, 4) : 0;
}

static uint64_t get_64(struct walk *w)
{
	const char *at = get_raw(w, 8);

	return at ? bytes_get(at, 8) : 0;
}

static const char *get_string(struct walk *w, size_t *ret_len)
{
	size_t len = get_32(w);
	const char *at = w->left > len ? get_raw(w, len + 1) : get_raw(w, SIZE_MAX);

	if (ret_len)
		*ret_len = at ? len : 0;
	if (!at)
		return "";
	w->failed |= at[len] != '\0';
	return at;
}

/* A count of items that take at least least bytes each. */
static uint32_t get_count(struct walk *w, size_t least)
{
	uint32_t n = get_32(w);

	if (n > w->left / least)
		w->failed = true;
	return w->failed ? 0 : n;
}

static void get_entry(struct walk *w, struct cached_package *p, struct entry *e)
{
	const char *kind = get_raw(w, 1);

	e->kind = kind ? (uint8_t)*kind : 0;
	e->mode = get_32(w);
	e->uid = get_32(w);
	e->gid = get_32(w);
	e->mtime = (int64_t)get_64(w);
	e->path = get_string(w, NULL);
	e->link = get_string(w, NULL);
	if (!*e->link)
		e->link = NULL;
	e->major = get_32(w);
	e->minor = get_32(w);
	e->size_bytes = get_64(w);
	e->content.offset = get_64(w);
	const char *sha256 = get_raw(w, sizeof e->sha256.bytes);
	if (sha256)
		memcpy(e->sha256.bytes, sha256, sizeof e->sha256.bytes);
	bool links = e->kind == ENTRY_SYMLINK || e->kind == ENTRY_HARDLINK;
	w->failed |= e->kind >= ENTRY_WHITEOUT || links != (e->link != NULL);
	if (e->kind != ENTRY_FILE)
		return;
	w->failed |= e->content.offset > p->data_bytes || e->size_bytes > p->data_bytes - e->content.offset;
	e->content.kind = CONTENT_PACK;
	e->content.pack = p;
}

static void get_all(struct walk *w, struct cached_package *p)
{
	p->member_count = get_count(w, 14);
	p->members = arena_new(&p->arena, p->member_count * sizeof *p->members);
	for (size_t i = 0; i < p->member_count; i++) {
		struct cached_package_member *m = &p->members[i];
		m->name = get_string(w, NULL);
		m->mode = get_32(w);
		m->bytes = get_string(w, &m->len);
	}
	p->conffile_count = get_count(w, 10);
	p->conffiles = arena_new(&p->arena, p->conffile_count * sizeof *p->conffiles);
	for (size_t i = 0; i < p->conffile_count; i++) {
		size_t len;
		p->conffiles[i].path = get_string(w, NULL);
		const char *md5 = get_string(w, &len);
		memcpy(p->conffiles[i].md5, md5, len == 32 ? 32 : 0);
	}
	size_t count = get_count(w, 87);
	p->tree.items = mem_array(count, sizeof *p->tree.items);
	p->tree.count = p->tree.room = count;
	for (size_t i = 0; i < count; i++)
		get_entry(w, p, &p->tree.items[i]);
	w->failed |= w->left != 0;
}

struct err *cached_package_index_read(int fd, uint64_t size_bytes, struct cached_package *p)
{
	char footer[FOOTER_BYTES];
	struct walk w = { footer, sizeof footer, false };

	if (size_bytes < sizeof footer)
		return err_new(ERR_SYSTEM, "a pack is cut short");
	TRY(file_read_at(fd, footer, sizeof footer, size_bytes - sizeof footer, "read a pack"));
	p->packed_bytes = get_64(&w);
	p->data_bytes = get_64(&w);
	uint64_t len = get_64(&w), plain_len = get_64(&w);
	if (memcmp(w.at, PACK_FORMAT, sizeof PACK_FORMAT - 1) || len > size_bytes - sizeof footer ||
	    p->packed_bytes != size_bytes - sizeof footer - len || plain_len > INDEX_LIMIT)
		return err_new(ERR_SYSTEM, "a pack has no valid footer");
	AUTO_FREE char *packed = mem_new((size_t)len);
	char *plain = arena_new(&p->arena, (size_t)plain_len);
	TRY(file_read_at(fd, packed, (size_t)len, p->packed_bytes, "read a pack"));
	if (ZSTD_decompress(plain, (size_t)plain_len, packed, (size_t)len) != plain_len)
		return err_new(ERR_SYSTEM, "a pack's index cannot be unpacked");
	w = (struct walk){ plain, (size_t)plain_len, false };
	get_all(&w, p);
	return w.failed ? err_new(ERR_SYSTEM, "a pack's index is damaged") : NULL;
}
