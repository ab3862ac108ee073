/* SPDX-License-Identifier: MIT */
#include "build/build_lookups.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct lines {
	const char **items;
	size_t count, room;
};

/* Sorts by path; opened files come before those that were only looked at. */
static int compare(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	int by_path = strcmp(x + 1, y + 1);

	return by_path ? by_path : (*x < *y) - (*x > *y);
}

bool build_lookups_record(const char *noted, struct text *ret, char **ret_why)
{
	AUTO_FREE char *copy = mem_dup(noted);
	struct lines all = { 0 };

	*ret_why = NULL;
	for (char *rest = copy, *line; !*ret_why && (line = strsep(&rest, "\n"));) {
		if (*line == '?' || (*line && (strlen(line) < 3 || line[1] != ' ')))
			*ret_why = mem_dup(strlen(line) > 2 ? line + 2 : line);
		else if (*line)
			VEC_PUSH(&all, line);
	}
	if (all.count)
		qsort(all.items, all.count, sizeof *all.items, compare);
	for (size_t i = 0; !*ret_why && i < all.count; i++)
		if (!i || strcmp(all.items[i] + 1, all.items[i - 1] + 1))
			text_printf(ret, "%s\n", all.items[i]);
	free(all.items);
	return !*ret_why;
}

static void feed_number(struct digest_run *run, uint64_t n)
{
	digest_feed(run, &n, sizeof n);
}

static void feed_entry(struct digest_run *run, const struct tree *t, const char *path)
{
	const struct entry *e = tree_find(t, path);

	digest_feed_word(run, path);
	feed_number(run, e ? e->kind : UINT64_MAX);
	if (e && e->kind == ENTRY_HARDLINK)
		e = tree_find(t, e->link);
	if (!e)
		return;
	feed_number(run, (uint64_t)e->mode << 32 | e->uid);
	feed_number(run, e->gid);
	digest_feed_word(run, e->kind == ENTRY_SYMLINK ? e->link : "");
	if (e->kind != ENTRY_FILE)
		return;
	bool unknown = e->content.kind == CONTENT_MEMORY && digest_is_zero(&e->sha256);
	struct digest bytes = unknown ? digest_of(e->content.bytes, (size_t)e->size_bytes) : e->sha256;
	digest_feed(run, bytes.bytes, sizeof bytes.bytes);
}

/* Feeds the names in a folder; they follow it in the tree. */
static void feed_names(struct digest_run *run, const struct tree *t, const char *path)
{
	const struct entry *folder = tree_find(t, path);
	size_t head = *path ? strlen(path) + 1 : 0;

	if (!folder || folder->kind != ENTRY_FOLDER)
		return;
	for (size_t i = (size_t)(folder - t->items) + 1; i < t->count && tree_within(t->items[i].path, path);
	     i++) {
		const struct entry *e = &t->items[i];
		if (strchr(e->path + head, '/'))
			continue;
		digest_feed_word(run, e->path + head);
		feed_number(run, e->kind == ENTRY_HARDLINK ? ENTRY_FILE : e->kind);
	}
}

/* Feeds the folders above path that are not above the path before it. */
static void feed_above(struct digest_run *run, const struct tree *t, const char *before, const char *path)
{
	size_t same = 0;

	while (path[same] && path[same] == before[same])
		same++;
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		if ((size_t)(slash - path) < same)
			continue;
		AUTO_FREE char *above = mem_ndup(path, (size_t)(slash - path));
		feed_entry(run, t, above);
	}
}

struct digest build_lookups_answer(const char *record, const struct tree *t)
{
	AUTO_FREE char *copy = mem_dup(record);
	struct digest_run *run = digest_start();
	const char *before = "";

	digest_feed_word(run, "lookups 1");
	for (char *rest = copy, *line; (line = strsep(&rest, "\n")) && *line;) {
		const char *path = line + 2 + (line[2] == '/');
		feed_above(run, t, before, path);
		feed_entry(run, t, path);
		if (*line == 'o')
			feed_names(run, t, path);
		before = path;
	}
	return digest_finish(run);
}
