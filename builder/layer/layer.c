/* SPDX-License-Identifier: MIT */
#include "layer/layer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "layer/deb/dpkg.h"
#include "layer/layer_set.h"

#define FORMAT "mkbench layers 5" /* change it if the same input gives another result */

static int by_digest(const void *a, const void *b)
{
	return memcmp(((const struct layer_package *)a)->deb.bytes,
		      ((const struct layer_package *)b)->deb.bytes, sizeof(struct digest));
}

static void feed_list(struct digest_run *run, const char *const *words)
{
	for (; words && *words; words++)
		digest_feed_word(run, *words);
	digest_feed_word(run, "");
}

static void feed_number(struct digest_run *run, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof text, "%ju", (uintmax_t)n);
	digest_feed_word(run, text);
}

struct digest layer_key(const struct layer_request *r, const struct digest *below)
{
	AUTO_FREE struct layer_package *packages = mem_array(r->package_count, sizeof *packages);
	struct digest_run *run = digest_start();
	char hex[DIGEST_HEX];

	digest_feed_word(run, FORMAT);
	digest_feed_word(run, below ? digest_hex(below, hex) : "");
	digest_feed_word(run, r->architecture);
	feed_number(run, (uint64_t)r->epoch);
	feed_list(run, r->exclude);
	feed_list(run, r->masked);
	feed_number(run, r->user_count);
	for (size_t i = 0; i < r->user_count; i++) {
		const struct service_user *u = &r->users[i];
		feed_list(run, (const char *const[]){ u->name, u->home, u->shell,
						      u->comment ? u->comment : "-", NULL });
		feed_number(run, u->uid);
		feed_number(run, u->gid);
	}
	feed_number(run, r->group_count);
	for (size_t i = 0; i < r->package_count; i++)
		packages[i] = r->packages[i];
	qsort(packages, r->package_count, sizeof *packages, by_digest);
	for (size_t i = 0; i < r->package_count; i++) {
		digest_feed_word(run, digest_hex(&packages[i].deb, hex));
		feed_number(run, packages[i].group);
	}
	return digest_finish(run);
}

/* base-files comes first, because all others build on it; those are sorted by name. */
static int by_name(const void *a, const void *b)
{
	const struct installed *x = a, *y = b;
	bool x_first = !strcmp(x->name, "base-files"), y_first = !strcmp(y->name, "base-files");

	return x_first != y_first ? y_first - x_first : strcmp(x->name, y->name);
}

static struct err *load(struct layer_set *s)
{
	const struct layer_request *r = &s->request;

	for (size_t i = 0; i < s->first; i++)
		s->packages[i] = s->below->packages[i];
	for (size_t i = 0; i < r->package_count; i++) {
		struct installed *p = &s->packages[s->first + i];
		TRY(cached_package_load(r->store, &r->packages[i].deb, &s->packs[i]));
		TRY(installed_read(&s->arena, s->packs[i], s->first_group + r->packages[i].group, p));
	}
	qsort(s->packages + s->first, r->package_count, sizeof *s->packages, by_name);
	for (size_t i = 1; i < s->count; i++)
		if (!strcmp(s->packages[i].name, s->packages[i - 1].name))
			return err_new(ERR_BUILD, "package %s is there twice: versions %s and %s",
				       s->packages[i].name, s->packages[i - 1].version,
				       s->packages[i].version);
	return NULL;
}

/* Adds the mount points of container engines and our own sandbox. */
static void add_mount_points(struct tree *t)
{
	static const struct {
		const char *path, *text;
		uint32_t mode;
	} points[] = {
		{ "dev", NULL, 0755 },
		{ "proc", NULL, 0555 },
		{ "sys", NULL, 0555 },
		{ "run", NULL, 0755 },
		{ "tmp", NULL, 01777 },
		{ "var/tmp", NULL, 01777 },
		{ "etc/resolv.conf", "", 0644 },
		{ "etc/hosts", "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n", 0644 },
	};
	size_t count = t->count;

	for (size_t i = 0; i < COUNT(points); i++) {
		const struct tree before = { .items = t->items, .count = count };
		struct entry e = {
			.path = points[i].path,
			.kind = ENTRY_FOLDER,
			.mode = points[i].mode,
			.mtime = TREE_TIME,
		};
		if (points[i].text) {
			e.kind = ENTRY_FILE;
			e.size_bytes = strlen(points[i].text);
			e.content = (struct content){ .kind = CONTENT_MEMORY, .bytes = points[i].text };
		}
		if (!tree_find(&before, e.path))
			tree_add(t, &e);
	}
	tree_add_parents(t, NULL, TREE_TIME);
}

static int content_rank(const struct entry *e)
{
	if (e->kind == ENTRY_FOLDER)
		return 0;
	if (e->kind == ENTRY_FILE)
		return e->content.kind == CONTENT_PACK ? 2 : 1;
	return e->kind == ENTRY_HARDLINK ? 4 : 3;
}

static int by_content(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int rank = content_rank(x), order = rank - content_rank(y);

	if (order || rank != 2)
		return order ? order : tree_compare(x->path, y->path);
	order = memcmp(((const struct cached_package *)x->content.pack)->deb.bytes,
		       ((const struct cached_package *)y->content.pack)->deb.bytes, sizeof(struct digest));
	if (!order)
		order = (x->content.offset > y->content.offset) - (x->content.offset < y->content.offset);
	return order ? order : tree_compare(x->path, y->path);
}

static struct err *merge(struct layer_set *s)
{
	const struct layer_request *r = &s->request;
	size_t all_groups = s->first_group + r->group_count;
	struct merge_request merge = {
		s->packages, s->count, all_groups, r->architecture, r->exclude, r->epoch,
	};
	AUTO_FREE const struct tree **own = mem_array(r->group_count, sizeof *own);

	TRY(merge_packages(&merge, &s->merged));
	struct tree *groups = s->merged.groups + s->first_group;
	dpkg_info(&(struct dpkg_request){ .packages = s->packages,
					  .count = s->count,
					  .merged = &s->merged,
					  .first = s->first,
					  .architecture = r->architecture,
					  .exclude = r->exclude,
					  .epoch = r->epoch },
		  s->merged.groups);
	if (!s->below)
		add_mount_points(&groups[0]);
	for (size_t g = 0; g < r->group_count; g++)
		own[g] = &groups[g];
	tree_merge(own, r->group_count, &s->whole);
	for (size_t g = 0; g < r->group_count; g++)
		if (groups[g].count)
			qsort(groups[g].items, groups[g].count, sizeof *groups[g].items, by_content);
	return NULL;
}

struct err *layer_open(const struct layer_request *r, const struct layer_set *below, struct layer_set **ret)
{
	struct layer_set *s = mem_new(sizeof *s);

	s->request = *r;
	s->below = below;
	s->key = layer_key(r, below ? &below->key : NULL);
	s->first = below ? below->count : 0;
	s->first_group = below ? below->first_group + below->request.group_count : 0;
	s->count = s->first + r->package_count;
	s->pack_count = r->package_count;
	s->packs = mem_array(s->pack_count, sizeof(struct cached_package *));
	s->packages = mem_array(s->count, sizeof *s->packages);
	struct err *e = r->group_count ? load(s) : err_new(ERR_SYSTEM, "a set of packages without a group");
	if (!e)
		e = merge(s);
	if (e)
		layer_close(s);
	else
		*ret = s;
	return e;
}

const struct tree *layer_group(const struct layer_set *s, size_t group)
{
	return &s->merged.groups[s->first_group + group];
}

const struct tree *layer_whole(const struct layer_set *s)
{
	return &s->whole;
}

void layer_close(struct layer_set *s)
{
	if (!s)
		return;
	tree_done(&s->whole);
	merge_done(&s->merged);
	for (size_t i = 0; i < s->pack_count; i++)
		cached_package_free(s->packs[i]);
	free(s->packs);
	free(s->packages);
	arena_done(&s->arena);
	free(s);
}

void layer_recall(struct store *store, const struct digest *key, struct layer_root *root, bool *ret_found)
{
	struct digest unpacked = layer_root_key("unpacked", key),
		      configured = layer_root_key("configured", key);
	AUTO_FREE char *below = store_tree_find(store, &unpacked),
		       *above = store_tree_find(store, &configured);

	*ret_found = below && above;
	if (!*ret_found)
		return;
	layer_root_push(root, below);
	layer_root_push(root, above);
}

struct layer_reader {
	const struct store *store;
	const struct cached_package *pack; /* the pack being read */
	struct pack_reader *reader;
};

struct layer_reader *layer_reader(const struct store *s)
{
	struct layer_reader *r = mem_new(sizeof *r);

	r->store = s;
	return r;
}

struct err *layer_read(void *reader, const struct entry *e, uint64_t offset, void *bytes, size_t len)
{
	struct layer_reader *r = reader;

	if (r->pack != e->content.pack) {
		cached_package_close(TAKE(r->reader));
		r->pack = NULL;
		TRY(cached_package_open(r->store, e->content.pack, &r->reader));
		r->pack = e->content.pack;
	}
	return cached_package_read(r->reader, e->content.offset + offset, bytes, len);
}

void layer_reader_done(struct layer_reader *r)
{
	if (r)
		cached_package_close(r->reader);
	free(r);
}

void layer_delta_done(struct layer_delta *d)
{
	tree_done(&d->tree);
}
