/* SPDX-License-Identifier: MIT */
#include "report/layer_bytes.h"

#include <string.h>

#include "base/bytes.h"

#define MAGIC "mkbench layer 2\n"
#define HEAD 69u /* of an entry: its numbers and its digest */

static void put(struct text *out, uint64_t value, size_t bytes)
{
	char buf[8];

	bytes_put(buf, value, bytes);
	text_add(out, buf, bytes);
}

static void put_entry(struct text *out, const struct entry *e)
{
	bool kept = e->content.kind == CONTENT_MEMORY;
	size_t path = strlen(e->path), link = e->link ? strlen(e->link) : 0;

	put(out, e->kind, 1);
	put(out, e->mode, 4);
	put(out, e->uid, 4);
	put(out, e->gid, 4);
	put(out, (uint64_t)e->mtime, 8);
	put(out, e->size_bytes, 8);
	text_add(out, (const char *)e->sha256.bytes, sizeof e->sha256.bytes);
	put(out, path, 4);
	put(out, (e->link ? (uint64_t)link << 1 | 1 : 0), 4);
	text_add(out, e->path, path);
	text_add(out, e->link ? e->link : "", link);
	put(out, kept, 1);
	if (kept)
		text_add(out, e->content.bytes, (size_t)e->size_bytes);
}

void layer_bytes_pack(const struct layer_list *l, struct text *ret)
{
	text_put(ret, MAGIC);
	put(ret, l->packed_bytes, 8);
	put(ret, l->unpacked_bytes, 8);
	for (size_t i = 0; i < l->tree.count; i++)
		put_entry(ret, &l->tree.items[i]);
}

struct cursor {
	const char *at, *end;
};

static const char *take(struct cursor *c, uint64_t len)
{
	const char *at = c->at;

	if (len > (uint64_t)(c->end - c->at))
		return NULL;
	c->at += len;
	return at;
}

static char *take_text(struct cursor *c, uint64_t len, struct arena *a)
{
	const char *at = take(c, len);

	return at ? arena_dup(a, at, (size_t)len) : NULL;
}

static bool take_entry(struct cursor *c, struct tree *t, struct arena *names)
{
	const char *h = take(c, HEAD);
	struct entry e;

	if (!h)
		return false;
	e = (struct entry){
		.kind = (uint8_t)h[0],
		.mode = (uint32_t)bytes_get(h + 1, 4),
		.uid = (uint32_t)bytes_get(h + 5, 4),
		.gid = (uint32_t)bytes_get(h + 9, 4),
		.mtime = (int64_t)bytes_get(h + 13, 8),
		.size_bytes = bytes_get(h + 21, 8),
	};
	memcpy(e.sha256.bytes, h + 29, sizeof e.sha256.bytes);
	uint64_t link = bytes_get(h + 65, 4);
	e.path = take_text(c, bytes_get(h + 61, 4), names);
	e.link = link & 1 ? take_text(c, link >> 1, names) : NULL;
	const char *kept = take(c, 1);
	if (!e.path || e.kind > ENTRY_OPAQUE || (link & 1 && !e.link) || !kept)
		return false;
	if (*kept)
		e.content = (struct content){ .kind = CONTENT_MEMORY, .bytes = take(c, e.size_bytes) };
	if (*kept && !e.content.bytes)
		return false;
	tree_add(t, &e);
	return true;
}

struct err *layer_bytes_unpack(const void *bytes, size_t len, struct layer_list *ret)
{
	struct cursor c = { bytes, (const char *)bytes + len };
	struct layer_list l = { 0 };
	AUTO_ARENA struct arena names = { 0 };
	const char *magic = take(&c, strlen(MAGIC)), *sizes = take(&c, 16);
	bool good = magic && sizes && !memcmp(magic, MAGIC, strlen(MAGIC));

	while (good && c.at < c.end)
		good = take_entry(&c, &l.tree, &names);
	if (!good) {
		layer_list_done(&l);
		return err_new(ERR_BUILD, "it is no list of a layer");
	}
	l.packed_bytes = bytes_get(sizes, 8);
	l.unpacked_bytes = bytes_get(sizes + 8, 8);
	*ret = l;
	return NULL;
}
