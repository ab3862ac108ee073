/* SPDX-License-Identifier: MIT */
#include "report/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const char *diff_version(const struct contents_package *p)
{
	return p->commit ? p->commit : p->version ? p->version : p->content ? p->content : "";
}

static int words(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int same_thing(const struct contents_package *a, const struct contents_package *b)
{
	int order = a->kind < b->kind ? -1 : a->kind > b->kind;

	order = order ? order : strcmp(a->name, b->name);
	return order ? order : words(a->architecture, b->architecture);
}

static int by_version(const void *a, const void *b)
{
	const struct contents_package *const *x = a, *const *y = b;
	int order = same_thing(*x, *y);

	return order ? order : strcmp(diff_version(*x), diff_version(*y));
}

/* Each item once, even if an image has the same version several times; the caller's to free. */
static const struct contents_package **sorted(const struct contents *c, size_t *ret_count)
{
	const struct contents_package **list = mem_array(c->package_count + 1, sizeof *list);
	size_t kept = 0;

	for (size_t i = 0; i < c->package_count; i++)
		list[i] = &c->packages[i];
	if (c->package_count)
		qsort(list, c->package_count, sizeof *list, by_version);
	for (size_t i = 0; i < c->package_count; i++)
		if (!kept || by_version(&list[kept - 1], &list[i]))
			list[kept++] = list[i];
	*ret_count = kept;
	return list;
}

/* Joins a removed and an added item of the same name into a changed one. */
static void pair(struct diff *d)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->packages.count; i++) {
		struct diff_package *row = &d->packages.items[i],
				    *last = kept ? &d->packages.items[kept - 1] : NULL;
		const struct contents_package *one = row->old ? row->old : row->new,
					      *before = !last	  ? NULL :
							last->old ? last->old :
								    last->new;
		bool joins = last && !same_thing(before, one) &&
			     ((last->old && !last->new && row->new) || (last->new && !last->old && row->old));
		if (!joins) {
			d->packages.items[kept++] = *row;
		} else {
			last->old = last->old ? last->old : row->old;
			last->new = last->new ? last->new : row->new;
		}
	}
	d->packages.count = kept;
}

static void compare_packages(struct diff *d)
{
	size_t olds, news;
	const struct contents_package **old = sorted(d->old, &olds), **new = sorted(d->new, &news);

	for (size_t i = 0, n = 0; i < olds || n < news;) {
		int order = i == olds ? 1 : n == news ? -1 : by_version(&old[i], &new[n]);
		if (order < 0)
			VEC_PUSH(&d->packages, (struct diff_package){ .old = old[i] });
		else if (order > 0)
			VEC_PUSH(&d->packages, (struct diff_package){ .new = new[n] });
		i += order <= 0;
		n += order >= 0;
	}
	free(old);
	free(new);
	pair(d);
}

static void compare_setting(struct diff *d, const char *name, json_t *old, json_t *new)
{
	char *before =
		old ? json_dumps(old, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY | JSON_ENSURE_ASCII) :
		      NULL;
	char *after =
		new ? json_dumps(new, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY | JSON_ENSURE_ASCII) :
		      NULL;

	if (words(before, after)) {
		VEC_PUSH(&d->settings, (struct diff_setting){ name, before, after });
	} else {
		free(before);
		free(after);
	}
}

static void compare_settings(struct diff *d)
{
	json_t *old = json_object_get(d->old->source.config, "config"),
	       *new = json_object_get(d->new->source.config, "config"), *value;
	static const char *const own[] = { "architecture", "os", "created" };
	const char *key;

	for (size_t i = 0; i < COUNT(own); i++)
		compare_setting(d, own[i], json_object_get(d->old->source.config, own[i]),
				json_object_get(d->new->source.config, own[i]));
	json_object_foreach(old, key, value) compare_setting(d, key, value, json_object_get(new, key));
	json_object_foreach(new, key, value) if (!json_object_get(old, key))
		compare_setting(d, key, NULL, value);
}

static bool same_entry(const struct entry *a, const struct entry *b)
{
	return a->kind == b->kind && a->mode == b->mode && a->uid == b->uid && a->gid == b->gid &&
	       a->size_bytes == b->size_bytes && a->major == b->major && a->minor == b->minor &&
	       digest_equal(&a->sha256, &b->sha256) && !words(a->link, b->link);
}

static int by_weight(const void *a, const void *b)
{
	const struct diff_file *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return tree_compare((x->new ? x->new : x->old)->path, (y->new ? y->new : y->old)->path);
}

static void compare_files(struct diff *d)
{
	const struct tree *old = &d->old->tree, *new = &d->new->tree;

	for (size_t i = 0, n = 0; i < old->count || n < new->count;) {
		const struct entry *a = i < old->count ? &old->items[i] : NULL,
				   *b = n < new->count ? &new->items[n] : NULL;
		int order = !a ? 1 : !b ? -1 : tree_compare(a->path, b->path);
		struct diff_file row = { .old = order <= 0 ? a : NULL, .new = order >= 0 ? b : NULL };
		i += order <= 0;
		n += order >= 0;
		if (row.old && row.new &&same_entry(row.old, row.new))
			continue;
		row.weight = row.new ? row.new->size_bytes : row.old ? row.old->size_bytes : 0;
		VEC_PUSH(&d->files, row);
	}
	if (d->files.count)
		qsort(d->files.items, d->files.count, sizeof *d->files.items, by_weight);
}

void diff_of(const struct contents *old, const struct contents *new, struct diff *ret)
{
	const struct contents *both[] = { old, new };

	*ret = (struct diff){ .old = old, .new = new };
	for (size_t i = 0; i < COUNT(both); i++) {
		for (size_t n = 0; n < both[i]->layer_count; n++) {
			ret->sizes[i].packed += both[i]->layers[n].packed_bytes;
			ret->sizes[i].unpacked += both[i]->layers[n].unpacked_bytes;
		}
		for (size_t n = 0; n < both[i]->tree.count; n++)
			ret->sizes[i].files += both[i]->tree.items[n].kind == ENTRY_FILE;
	}
	compare_packages(ret);
	compare_settings(ret);
	compare_files(ret);
}

bool diff_is_empty(const struct diff *d)
{
	return !d->packages.count && !d->settings.count && !d->files.count;
}

void diff_done(struct diff *d)
{
	for (size_t i = 0; i < d->settings.count; i++) {
		free(d->settings.items[i].old);
		free(d->settings.items[i].new);
	}
	free(d->settings.items);
	free(d->packages.items);
	free(d->files.items);
	*d = (struct diff){ 0 };
}
