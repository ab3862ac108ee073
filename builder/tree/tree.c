/* SPDX-License-Identifier: MIT */
#include "tree/tree.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

#define DATES (40ull * 365 * 24 * 60 * 60) /* the range of times that a file may get */

/* "/" sorts before every other byte, so that a folder's content follows it. */
int tree_compare(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	int x = *a == '/' ? 1 : *a ? (unsigned char)*a + 1 : 0;
	int y = *b == '/' ? 1 : *b ? (unsigned char)*b + 1 : 0;
	return x - y;
}

bool tree_within(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return !len || (!strncmp(path, folder, len) && (path[len] == '/' || !path[len]));
}

struct entry *tree_add(struct tree *t, const struct entry *e)
{
	VEC_PUSH(t, *e);
	struct entry *added = &t->items[t->count - 1];

	added->path = arena_dup(&t->arena, e->path, strlen(e->path));
	if (e->link)
		added->link = arena_dup(&t->arena, e->link, strlen(e->link));
	if (e->content.path)
		added->content.path = arena_dup(&t->arena, e->content.path, strlen(e->content.path));
	if (e->content.kind == CONTENT_MEMORY)
		added->content.bytes = arena_dup(&t->arena, e->content.bytes, (size_t)e->size_bytes);
	return added;
}

/* Equal paths keep the order in which they were added: the sort moves entries, so their index is noted in a
 * wrapper. */
struct placed {
	struct entry entry;
	size_t place;
};

static int by_path(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	int order = tree_compare(x->entry.path, y->entry.path);

	return order ? order : (x->place > y->place) - (x->place < y->place);
}

static struct entry *find(const struct tree *t, const char *path)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = tree_compare(path, t->items[middle].path);
		if (!order)
			return &t->items[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct entry *tree_find(const struct tree *t, const char *path)
{
	return find(t, path);
}

/* The file that a hard link points to, or NULL: it may name another link, but never itself. */
static struct entry *link_target(const struct tree *t, const struct entry *e)
{
	for (int hops = 0; e && e->kind == ENTRY_HARDLINK && hops < 40; hops++)
		e = find(t, e->link);
	return e && e->kind != ENTRY_HARDLINK ? (struct entry *)e : NULL;
}

/* The first name of a file in the tree's order carries it; the others link to that. */
static void order_links(struct tree *t)
{
	for (size_t i = 0; i < t->count; i++) {
		struct entry *e = &t->items[i], *file;
		if (e->kind != ENTRY_HARDLINK || !(file = link_target(t, e)))
			continue;
		e->link = file->path;
		if (file > e) {
			const char *path = e->path;
			*e = *file;
			e->path = path;
			*file = (struct entry){ .path = file->path,
						.kind = ENTRY_HARDLINK,
						.mode = e->mode,
						.uid = e->uid,
						.gid = e->gid,
						.mtime = e->mtime,
						.link = path };
		}
	}
	for (size_t i = 0; i < t->count; i++) {
		struct entry *file = t->items[i].kind == ENTRY_HARDLINK ? link_target(t, &t->items[i]) : NULL;
		if (file)
			t->items[i].link = file->path;
	}
}

void tree_sort(struct tree *t)
{
	AUTO_FREE struct placed *all = mem_array(t->count, sizeof *all);
	size_t kept = 0;

	for (size_t i = 0; i < t->count; i++)
		all[i] = (struct placed){ t->items[i], i };
	qsort(all, t->count, sizeof *all, by_path);
	for (size_t i = 0; i < t->count; i++)
		if (i + 1 == t->count || strcmp(all[i].entry.path, all[i + 1].entry.path))
			t->items[kept++] = all[i].entry;
	t->count = kept;
	order_links(t);
}

void tree_add_parents(struct tree *t, const struct tree *like, int64_t mtime)
{
	tree_sort(t);
	for (size_t i = 0, count = t->count; i < count; i++) {
		const char *path = t->items[i].path, *before = i ? t->items[i - 1].path : NULL;
		for (size_t len = strlen(path); len;) {
			while (len && path[--len] != '/')
				continue;
			char *folder = arena_dup(&t->arena, path, len);
			if (before && tree_within(before, folder))
				break; /* and so are those above it */
			const struct entry *known = like ? tree_find(like, folder) : NULL;
			struct entry made = {
				.path = folder, .kind = ENTRY_FOLDER, .mode = 0755, .mtime = mtime
			};
			VEC_PUSH(t, known && known->kind == ENTRY_FOLDER ? *known : made);
			t->items[t->count - 1].path = folder;
		}
	}
	tree_sort(t);
}

static struct digest content_digest(const struct entry *e)
{
	if (e->content.kind == CONTENT_MEMORY && digest_is_zero(&e->sha256))
		return digest_of(e->content.bytes, (size_t)e->size_bytes);
	return e->sha256;
}

void tree_date(struct tree *t)
{
	for (size_t i = 0; i < t->count; i++) {
		struct entry *e = &t->items[i];
		struct digest content = content_digest(e);
		e->mtime = TREE_TIME;
		if (e->kind == ENTRY_FILE)
			e->mtime += (int64_t)(bytes_get(content.bytes, 4) % DATES);
	}
}

struct digest tree_digest(const struct tree *t)
{
	struct digest_run *run = digest_start();
	char hex[DIGEST_HEX];

	for (size_t i = 0; i < t->count; i++) {
		const struct entry *e = &t->items[i];
		struct digest content = content_digest(e);
		char head[128];
		int len = snprintf(head, sizeof head, "%u %o %u %u %" PRIu64 " %u %u", (unsigned)e->kind,
				   (unsigned)e->mode, e->uid, e->gid, e->size_bytes, e->major, e->minor);
		digest_feed(run, head, (size_t)len + 1);
		digest_feed_word(run, e->link ? e->link : "");
		digest_feed_word(run, digest_hex(&content, hex));
		digest_feed_word(run, e->path);
		digest_feed(run, "\n", 1);
	}
	return digest_finish(run);
}

void tree_done(struct tree *t)
{
	arena_done(&t->arena);
	free(t->items);
	*t = (struct tree){ 0 };
}
