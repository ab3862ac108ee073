/* SPDX-License-Identifier: MIT */
/* Computes what a layer must hide, and what is left out of it. */
#include <fnmatch.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tree/tree.h"

static bool matches(const char *path, const char *const *globs)
{
	AUTO_FREE char *absolute = mem_printf("/%s", path);

	for (; globs && *globs; globs++)
		if (!fnmatch(*globs, absolute, 0))
			return true;
	return false;
}

/* Makes a layer of whiteouts, one for each pruned name. */
static void prune_names(const struct tree *merged, const char *const *globs, struct tree *ret)
{
	const char *last = NULL;

	for (size_t i = 0; i < merged->count; i++) {
		const char *path = merged->items[i].path;
		if ((last && tree_within(path, last)) || !*path || !matches(path, globs))
			continue;
		last = path;
		tree_add(ret, &(struct entry){ .path = path, .kind = ENTRY_WHITEOUT });
	}
	tree_sort(ret);
}

/* What a layer hides of below stays hidden; what it hid of the other layers no longer exists. */
static void hide(const struct tree *layer, const struct tree *merged, const struct tree *below,
		 struct tree *ret)
{
	for (size_t i = 0; i < layer->count; i++) {
		const struct entry *e = &layer->items[i];
		if ((e->kind != ENTRY_WHITEOUT && e->kind != ENTRY_OPAQUE) || !tree_find(below, e->path))
			continue;
		const struct entry *now = tree_find(merged, e->path);
		if (now && now->kind != ENTRY_FOLDER)
			continue;
		struct entry *hider = tree_add(ret, now ? now : e);
		hider->kind = now ? ENTRY_OPAQUE : ENTRY_WHITEOUT;
	}
}

void tree_settle(const struct tree *const *layers, size_t count, const struct tree *below,
		 const char *const *prune, int64_t mtime, struct tree *ret)
{
	struct tree all = { 0 }, merged = { 0 }, pruned = { 0 };
	AUTO_FREE const struct tree **with_pruned = mem_array(count + 1, sizeof *with_pruned);
	AUTO_FREE size_t *from = NULL;

	tree_merge(layers, count, &all);
	prune_names(&all, prune, &pruned);
	for (size_t i = 0; i < count; i++)
		with_pruned[i] = layers[i];
	with_pruned[count] = &pruned;
	tree_merge_traced(with_pruned, count + 1, &merged, &from);
	for (size_t i = 0; i < merged.count; i++)
		tree_add(&ret[from[i]], &merged.items[i]);
	for (size_t i = 0; i < count; i++)
		hide(layers[i], &merged, below, &ret[0]);
	for (size_t i = 0; i < count; i++) {
		tree_sort(&ret[i]);
		tree_add_parents(&ret[i], &merged, mtime);
	}
	tree_done(&all);
	tree_done(&merged);
	tree_done(&pruned);
}
