/* SPDX-License-Identifier: MIT */
#include "report/ranking.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int by_size(const void *a, const void *b)
{
	const struct ranking_row *x = a, *y = b;

	if (x->size_bytes != y->size_bytes)
		return x->size_bytes < y->size_bytes ? 1 : -1;
	if (x->folder)
		return strcmp(x->folder, y->folder);
	return x->index < y->index ? -1 : x->index > y->index;
}

static void sort(struct ranking *r)
{
	if (r->count)
		qsort(r->items, r->count, sizeof *r->items, by_size);
}

void ranking_packages(const struct contents *c, struct ranking *ret)
{
	for (size_t i = 0; i < c->package_count; i++)
		VEC_PUSH(ret, (struct ranking_row){ .index = i, .size_bytes = c->packages[i].size_bytes });
	sort(ret);
}

void ranking_files(const struct contents *c, struct ranking *ret)
{
	for (size_t i = 0; i < c->tree.count; i++)
		if (c->tree.items[i].kind == ENTRY_FILE)
			VEC_PUSH(ret, (struct ranking_row){ .index = i,
							    .size_bytes = c->tree.items[i].size_bytes });
	sort(ret);
}

/* The tree is sorted, so the files of a folder are consecutive. */
void ranking_folders(const struct contents *c, struct ranking *ret)
{
	for (size_t i = 0; i < c->tree.count; i++) {
		const struct entry *e = &c->tree.items[i];
		const char *slash = strchr(e->path, '/'), *second = slash ? strchr(slash + 1, '/') : NULL;
		size_t len = second ? (size_t)(second - e->path) : slash ? (size_t)(slash - e->path) : 0;
		struct ranking_row *last = NULL;
		if (e->kind != ENTRY_FILE)
			continue;
		for (size_t n = ret->count; n-- && !last;)
			if (strlen(ret->items[n].folder) == len &&
			    !strncmp(ret->items[n].folder, e->path, len))
				last = &ret->items[n];
		if (!last) {
			VEC_PUSH(ret, (struct ranking_row){ .folder = mem_ndup(e->path, len) });
			last = &ret->items[ret->count - 1];
		}
		last->size_bytes += e->size_bytes;
	}
	sort(ret);
}

void ranking_done(struct ranking *r)
{
	for (size_t i = 0; i < r->count; i++)
		free(r->items[i].folder);
	free(r->items);
	*r = (struct ranking){ 0 };
}
