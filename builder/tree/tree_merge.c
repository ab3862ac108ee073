/* SPDX-License-Identifier: MIT */
/* Merges layers as an overlay shows them. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tree/tree.h"

struct name {
	const struct entry *entry;
	size_t layer;
};

static int by_path_and_layer(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int order = tree_compare(x->entry->path, y->entry->path);

	return order ? order : (x->layer > y->layer) - (x->layer < y->layer);
}

/* Below this folder, names in layers under .layer are hidden. */
struct curtain {
	const char *folder;
	size_t layer;
};

struct merge {
	struct tree *ret;
	struct {
		struct curtain *items;
		size_t count, room;
	} curtains; /* nested: each within the one before */
	struct {
		struct name *items;
		size_t count, room;
	} kept; /* by path */
};

static size_t hidden_under(struct merge *m, const char *path)
{
	while (m->curtains.count && !tree_within(path, m->curtains.items[m->curtains.count - 1].folder))
		m->curtains.count--;
	return m->curtains.count ? m->curtains.items[m->curtains.count - 1].layer : 0;
}

/* Keeps the winner among the names of one path, lowest layer first, if there is one. */
static void settle(struct merge *m, const struct name *names, size_t count)
{
	size_t floor = hidden_under(m, names->entry->path), curtain = floor;

	for (size_t i = 0; i < count; i++)
		if (names[i].entry->kind != ENTRY_FOLDER && names[i].layer > curtain)
			curtain = names[i].layer;
	if (curtain > floor)
		VEC_PUSH(&m->curtains, (struct curtain){ names->entry->path, curtain });
	const struct name *top = &names[count - 1];
	if (top->layer >= floor && top->entry->kind != ENTRY_WHITEOUT)
		VEC_PUSH(&m->kept, *top);
}

static int find_kept(const void *key, const void *item)
{
	return tree_compare(key, ((const struct name *)item)->entry->path);
}

/* A layer above may hide the file that a layer's link points to: then the first remaining link becomes the
 * file, and later ones link to it. */
static void add_link(struct merge *m, const struct tree *layer, const struct name *n)
{
	struct entry e = *n->entry;
	const struct name *k =
		m->kept.count ? bsearch(e.link, m->kept.items, m->kept.count, sizeof *k, find_kept) : NULL;

	if (!k || k->layer != n->layer) {
		const struct entry *file = tree_find(layer, e.link);
		if (file && file->kind == ENTRY_FILE) {
			e = *file;
			e.path = n->entry->path;
		}
		for (const struct name *o = m->kept.items; file && o < n; o++)
			if (o->layer == n->layer && o->entry->kind == ENTRY_HARDLINK &&
			    !strcmp(o->entry->link, file->path)) {
				e = *n->entry;
				e.link = o->entry->path;
				break;
			}
	}
	tree_add(m->ret, &e);
}

/* Fills m->kept with the winning names. */
static void choose(struct merge *m, const struct tree *const *layers, size_t count)
{
	size_t total = 0, filled = 0;

	for (size_t i = 0; i < count; i++)
		total += layers[i]->count;
	AUTO_FREE struct name *names = mem_array(total, sizeof *names);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < layers[i]->count; k++)
			names[filled++] = (struct name){ &layers[i]->items[k], i };
	qsort(names, total, sizeof *names, by_path_and_layer);
	for (size_t i = 0, n; i < total; i += n) {
		for (n = 1; i + n < total && !strcmp(names[i].entry->path, names[i + n].entry->path);)
			n++;
		settle(m, names + i, n);
	}
	free(m->curtains.items);
}

void tree_merge_traced(const struct tree *const *layers, size_t count, struct tree *ret, size_t **ret_layers)
{
	struct merge m = { .ret = ret };

	choose(&m, layers, count);
	*ret_layers = mem_array(m.kept.count + 1, sizeof **ret_layers);
	for (size_t i = 0; i < m.kept.count; i++) {
		const struct name *n = &m.kept.items[i];
		(*ret_layers)[i] = n->layer;
		if (n->entry->kind == ENTRY_HARDLINK) {
			add_link(&m, layers[n->layer], n);
		} else {
			struct entry *e = tree_add(ret, n->entry);
			if (e->kind == ENTRY_OPAQUE)
				e->kind = ENTRY_FOLDER;
		}
	}
	free(m.kept.items);
}

void tree_merge(const struct tree *const *layers, size_t count, struct tree *ret)
{
	AUTO_FREE size_t *from = NULL;

	tree_merge_traced(layers, count, ret, &from);
}
