/* SPDX-License-Identifier: MIT */
#include "report/contents.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/thread_pool.h"
#include "report/contents_packages.h"

#define OURS "mkbench: "

const char *const contents_kind_names[PACKAGE_KIND_COUNT] = { "debian", "python", "node", "app",
							      "interpreter" };

struct loading {
	const struct image_source *source;
	struct store *store;
	struct layer_list *lists;
};

static struct err *load_one(void *arg, unsigned worker, size_t part)
{
	struct loading *l = arg;

	(void)worker;
	return layer_list_read(l->source, part, l->store, &l->lists[part]);
}

/* The history has one line for each layer, and lines of steps that made none. */
static void name_layers(struct contents *c)
{
	const json_t *history = json_object_get(c->source.config, "history");
	size_t layer = 0;

	for (size_t i = 0; i < c->layer_count; i++)
		c->layers[i].name = "";
	for (size_t i = 0; i < json_array_size(history) && layer < c->layer_count; i++) {
		const json_t *step = json_array_get(history, i);
		const char *by = json_string_value(json_object_get(step, "created_by"));
		if (json_is_true(json_object_get(step, "empty_layer")))
			continue;
		if (by && text_starts(by, OURS))
			by += strlen(OURS);
		c->layers[layer++].name = by ? arena_dup(&c->arena, by, strlen(by)) : "";
	}
}

static void take_lists(struct contents *c, const struct layer_list *lists)
{
	const struct tree **trees = mem_array(c->layer_count + 1, sizeof *trees);

	for (size_t i = 0; i < c->layer_count; i++) {
		c->layers[i].digest = c->source.layers[i].digest;
		c->layers[i].packed_bytes = lists[i].packed_bytes;
		c->layers[i].unpacked_bytes = lists[i].unpacked_bytes;
		for (size_t n = 0; n < lists[i].tree.count; n++)
			c->layers[i].file_count += lists[i].tree.items[n].kind == ENTRY_FILE;
		trees[i] = &lists[i].tree;
	}
	tree_merge_traced(trees, c->layer_count, &c->tree, &c->layer_of);
	free(trees);
}

static struct err *load(struct contents *c, struct store *s)
{
	struct loading l = { .source = &c->source, .store = s };

	c->layer_count = c->source.layer_count;
	c->layers = arena_new(&c->arena, (c->layer_count + 1) * sizeof *c->layers);
	l.lists = mem_array(c->layer_count + 1, sizeof *l.lists);
	struct err *e = thread_pool_run(thread_pool_size(), c->layer_count, load_one, &l);
	if (!e) {
		take_lists(c, l.lists);
		name_layers(c);
		contents_packages(c);
	}
	for (size_t i = 0; i < c->layer_count; i++)
		layer_list_done(&l.lists[i]);
	free(l.lists);
	return e;
}

struct err *contents_take(struct image_source *source, struct store *s, struct contents *ret)
{
	AUTO_CONTENTS struct contents c = { .source = *source };

	*source = (struct image_source){ 0 };
	TRY(load(&c, s));
	*ret = c;
	c = (struct contents){ 0 };
	return NULL;
}

struct err *contents_open(const char *path, struct store *s, struct contents *ret)
{
	struct image_source source;

	TRY(image_source_open(path, &source));
	return contents_take(&source, s, ret);
}

void contents_close(struct contents *c)
{
	image_source_close(&c->source);
	tree_done(&c->tree);
	free(c->layer_of);
	free(c->owner_of);
	free(c->packages);
	arena_done(&c->arena);
	*c = (struct contents){ 0 };
}

/* Replaces the first link in the path: "lib/a" becomes "usr/lib/a" if "lib" is a link to "usr/lib". NULL if
 * no folder of it is a link. */
static char *follow_link(const struct tree *t, const char *path)
{
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		AUTO_FREE char *folder = mem_ndup(path, (size_t)(slash - path));
		const struct entry *e = tree_find(t, folder);
		char *up = strrchr(folder, '/');
		if (!e || e->kind != ENTRY_SYMLINK || !e->link)
			continue;
		if (*e->link == '/')
			return mem_printf("%s%s", e->link + strspn(e->link, "/"), slash);
		*(up ? up : folder) = '\0';
		return mem_printf("%s%s%s%s", folder, *folder ? "/" : "", e->link, slash);
	}
	return NULL;
}

const struct entry *contents_find(const struct contents *c, const char *path)
{
	AUTO_FREE char *now = mem_dup(path + strspn(path, "/"));

	for (unsigned hops = 0; hops < 8; hops++) {
		const struct entry *e = tree_find(&c->tree, now);
		char *next = e ? NULL : follow_link(&c->tree, now);
		if (!next)
			return e;
		free(now);
		now = next;
	}
	return NULL;
}

const char *contents_text(const struct entry *e, size_t *ret_len)
{
	bool there = e && e->kind == ENTRY_FILE && e->content.kind == CONTENT_MEMORY && e->content.bytes;

	*ret_len = there ? (size_t)e->size_bytes : 0;
	return there ? e->content.bytes : "";
}

const char *contents_setting(const struct contents *c, const char *key)
{
	return json_string_value(json_object_get(json_object_get(c->source.config, "config"), key));
}
