/* SPDX-License-Identifier: MIT */
#include "report/layer_record.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "report/layer_list.h"

struct layer_record {
	struct layer_list list;
	struct text bytes; /* of the current file, if it is kept */
	bool kept;
	struct digest_run *run; /* for the current file, if its tree has no digest; NULL: it has */
};

struct layer_record *layer_record_begin(void)
{
	return mem_new(sizeof(struct layer_record));
}

/* The bytes of the previous file are complete. */
static void settle(struct layer_record *r)
{
	struct tree *t = &r->list.tree;

	if (r->kept) {
		text_put(&r->bytes, "");
		t->items[t->count - 1].content = (struct content){
			.kind = CONTENT_MEMORY,
			.bytes = arena_dup(&t->arena, r->bytes.bytes, r->bytes.len),
		};
	}
	if (r->run)
		t->items[t->count - 1].sha256 = digest_finish(TAKE(r->run));
	r->bytes.len = 0;
	r->kept = false;
}

void layer_record_entry(void *record, const struct entry *e)
{
	struct layer_record *r = record;
	struct entry plain = { .kind = e->kind, .path = e->path };

	settle(r);
	if (e->kind != ENTRY_WHITEOUT) {
		plain.mode = e->mode & 07777;
		plain.uid = e->uid;
		plain.gid = e->gid;
		plain.mtime = e->mtime;
	}
	if (e->kind == ENTRY_SYMLINK || e->kind == ENTRY_HARDLINK)
		plain.link = e->link;
	if (e->kind == ENTRY_FILE) {
		plain.size_bytes = e->size_bytes;
		plain.sha256 = e->sha256;
		r->kept = layer_list_keeps(e->path, e->size_bytes);
		r->run = digest_is_zero(&e->sha256) ? digest_start() : NULL;
	}
	tree_add(&r->list.tree, &plain);
}

void layer_record_bytes(void *record, const void *bytes, size_t len)
{
	struct layer_record *r = record;

	if (r->kept)
		text_add(&r->bytes, bytes, len);
	if (r->run)
		digest_feed(r->run, bytes, len);
}

void layer_record_end(struct layer_record *r, struct store *s, const struct digest *layer,
		      uint64_t packed_bytes, uint64_t unpacked_bytes)
{
	settle(r);
	if (s) {
		r->list.packed_bytes = packed_bytes;
		r->list.unpacked_bytes = unpacked_bytes;
		tree_sort(&r->list.tree);
		layer_list_remember(s, layer, &r->list);
	}
	layer_list_done(&r->list);
	text_done(&r->bytes);
	free(r);
}
