/* SPDX-License-Identifier: MIT */
#include "build/build_sites.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "build/build_lookups.h"
#include "build/build_own_lock.h"

#define DUMP "usr/bin/mariadb-dump"
#define PROGRAM "usr/lib/mkbench/prebake"
#define BENCH_JSON "usr/lib/mkbench/bench.json"
#define NOBODY "0000000000000000000000000000000000000000000000000000000000000000"
#define NOTED_LIMIT (512u << 20)
#define RECORD_LIMIT (64u << 20)
#define RECORDS_MAX 16 /* for one base, newest first */

/* Kinds of refs: records left by bakes over the same packages; the bake for given answers; the blob that a
 * bake was written to. */
#define RECORDS "sites-asked"
#define BAKES "sites-baked"
#define POURED "sites-poured"
#define MADE_BY "sites-made-by" /* of a layer blob: its struct build_sites_bake, one digest a line */

/* bench.json as the programs see it: changed commits, versions or build names must not cause a new bake. */
static void add_bench_json(const struct tree *configuration, struct tree *own)
{
	static const char *const names[] = { "commit", "ref", "version" };
	const struct entry *e = tree_find(configuration, BENCH_JSON);
	json_t *all = e ? json_loadb(e->content.bytes, (size_t)e->size_bytes, 0, NULL) : NULL, *app;
	size_t at;

	if (!all)
		return;
	json_object_set_new(all, "build", json_string(NOBODY));
	json_object_set_new(all, "version", json_string("0"));
	json_object_del(all, "interpreters"); /* their files are looked up instead */
	json_array_foreach(json_object_get(all, "apps"), at, app)
	{
		json_object_set_new(app, "content", json_string("sha256:" NOBODY));
		for (size_t i = 0; i < COUNT(names); i++)
			json_object_del(app, names[i]);
	}
	AUTO_FREE char *text = json_dumps(all, JSON_INDENT(1));
	json_decref(all);
	tree_add(own, &(struct entry){ .path = BENCH_JSON,
				       .kind = ENTRY_FILE,
				       .mode = 0644,
				       .size_bytes = strlen(text),
				       .content = { .kind = CONTENT_MEMORY, .bytes = text } });
}

/* The configuration, our program under the name of its task, and the program that dumps databases, which an
 * image may lack. */
static void make_seed(const struct build_sites_request *r, struct tree *ret)
{
	struct tree own = { 0 };
	const struct tree *both[] = { r->configuration, &own };
	const struct entry *dump = r->tools ? tree_find(r->tools, DUMP) : NULL;

	tree_add(&own,
		 &(struct entry){ .path = PROGRAM, .kind = ENTRY_SYMLINK, .mode = 0777, .link = "init" });
	add_bench_json(r->configuration, &own);
	if (dump)
		tree_add(&own, dump);
	tree_sort(&own);
	tree_merge(both, COUNT(both), ret);
	tree_done(&own);
}

static void keep(const struct tree *made, struct tree *ret)
{
	for (size_t i = 0; i < made->count; i++)
		if (tree_within(made->items[i].path, BUILD_SITES_FOLDER))
			tree_add(ret, &made->items[i]);
	tree_sort(ret);
	tree_date(ret);
}

/* Merges all files that the programs can see. */
static void merge_visible(const struct build_sites_request *r, const struct tree *seed, struct tree *ret)
{
	const struct tree *layers[BUILD_SITES_BELOW + BUILD_PARTS_MAX + 1];
	size_t n = 0;

	while (n < BUILD_SITES_BELOW)
		layers[n] = r->below[n], n++;
	for (size_t i = 0; i < r->apps->count; i++)
		layers[n++] = &r->apps->parts[i].tree;
	layers[n++] = seed;
	tree_merge(layers, n, ret);
	tree_add_parents(ret, NULL, 0);
}

static struct digest key_of(const char *kind, const struct digest *a, const struct digest *b)
{
	struct digest_run *run = digest_start();

	digest_feed_word(run, kind);
	digest_feed(run, a->bytes, sizeof a->bytes);
	digest_feed(run, b->bytes, sizeof b->bytes);
	return digest_finish(run);
}

/* The key of the bake that was given these answers. */
static struct digest answers_key(const struct digest *base, const char *record, const struct tree *visible)
{
	struct digest asked = digest_of(record, strlen(record)),
		      answer = build_lookups_answer(record, visible), both = key_of("asked", &asked, &answer);

	return key_of("answers", base, &both);
}

static struct err *find_poured(struct build_context *j, const struct digest *bake, struct digest *ret)
{
	AUTO_FREE char *hex = NULL;

	*ret = (struct digest){ 0 };
	TRY(store_ref_read(j->store, POURED, bake, &hex));
	if (hex && !digest_parse(hex, ret))
		*ret = (struct digest){ 0 };
	return NULL;
}

/* Sets *bake to an earlier one whose programs would get the same answers from these files: the one in the
 * lock, or else the newest. */
static struct err *find_equal(struct build_context *j, const struct tree *visible,
			      struct build_sites_bake *bake)
{
	AUTO_FREE char *records = NULL;
	struct build_sites_bake found = *bake;
	struct digest poured;
	bool some = false;
	size_t len;

	TRY(store_ref_read(j->store, RECORDS, &bake->base, &records));
	for (char *rest = records, *hex; (hex = strsep(&rest, "\n"));) {
		AUTO_FREE char *record = NULL, *key = NULL;
		if (!digest_parse(hex, &found.record) || !store_has(j->store, &found.record))
			continue;
		TRY(store_read(j->store, &found.record, RECORD_LIMIT, &record, &len));
		found.answers = answers_key(&bake->base, record, visible);
		TRY(store_ref_read(j->store, BAKES, &found.answers, &key));
		if (!key || !digest_parse(key, &found.key))
			continue;
		TRY(find_poured(j, &found.key, &poured));
		bool named = digest_equal(&poured, &j->lock.sites);
		if (named || !some)
			*bake = found;
		some = true;
		if (named)
			return NULL;
	}
	return NULL;
}

/* Lists records newest first, each once. */
static struct err *list_record(struct build_context *j, const struct digest *base,
			       const struct digest *record)
{
	AUTO_FREE char *before = NULL;
	AUTO_TEXT struct text lines = { 0 };
	char hex[DIGEST_HEX];
	size_t count = 1;

	TRY(store_ref_read(j->store, RECORDS, base, &before));
	text_printf(&lines, "%s", digest_hex(record, hex));
	for (char *rest = before, *line; count < RECORDS_MAX && (line = strsep(&rest, "\n"));) {
		if (!*line || !strcmp(line, hex))
			continue;
		text_printf(&lines, "\n%s", line);
		count++;
	}
	return store_ref_write(j->store, RECORDS, base, lines.bytes);
}

static struct err *remember(struct build_context *j, const struct tree *visible, const char *noted_path,
			    struct build_sites_bake *bake)
{
	AUTO_FREE char *noted = NULL, *why = NULL;
	AUTO_TEXT struct text record = { 0 };
	char hex[DIGEST_HEX];
	size_t len;

	TRY(file_read(noted_path, NOTED_LIMIT, &noted, &len));
	if (!build_lookups_record(noted, &record, &why)) {
		progress_note(j->progress,
			      "any change of the image will make the sites again, because some lookups could "
			      "not be observed: %s",
			      why);
		return NULL;
	}
	TRY(store_put(j->store, record.bytes, record.len, &bake->record));
	bake->answers = answers_key(&bake->base, record.bytes, visible);
	TRY(store_ref_write(j->store, BAKES, &bake->answers, digest_hex(&bake->key, hex)));
	return list_record(j, &bake->base, &bake->record);
}

static struct err *bake(struct build_context *j, const struct build_sites_request *r, const struct tree *seed,
			const struct digest *key, const char *noted, struct layer_delta *ret)
{
	static const char *const argv[] = { "/" PROGRAM, NULL };
	const struct service_step step = { .name = "prebake", .argv = argv, .as_root = true };
	struct layer_root root = { 0 };
	struct digest poured;

	TRY(find_poured(j, key, &poured));
	layer_root_over(&root, r->packages);
	for (size_t i = 0; i < r->apps->count; i++)
		layer_root_over(&root, &r->apps->made[i]);
	struct layer_steps request = {
		.store = j->store,
		.progress = j->progress,
		.key = *key,
		.root_key = *key,
		.seed = seed,
		.steps = &step,
		.step_count = 1,
		.epoch = j->lock.epoch,
		.lookups = noted,
		.poured = digest_is_zero(&poured) ? NULL : &poured,
	};
	struct err *e = layer_steps(&request, &root, ret);
	layer_root_done(&root);
	return e;
}

static struct err *bake_or_find(struct build_context *j, const struct build_sites_request *r,
				const struct tree *seed, const struct tree *visible, struct layer_delta *ret,
				struct build_sites_bake *ret_bake)
{
	struct digest all = tree_digest(visible), format = digest_of("sites 3", 7),
		      base = key_of("packages", &format, &r->packages_key);
	AUTO_FREE char *folder = NULL;

	*ret_bake = (struct build_sites_bake){ .key = key_of("files", &base, &all), .base = base };
	TRY(store_work_folder(j->store, "sites", &folder));
	AUTO_FREE char *noted = mem_printf("%s/noted", folder);
	TRY(find_equal(j, visible, ret_bake));
	TRY(bake(j, r, seed, &ret_bake->key, noted, ret));
	return ret->cached ? NULL : remember(j, visible, noted, ret_bake);
}

struct err *build_sites(struct build_context *j, const struct build_sites_request *r, struct tree *ret,
			struct build_sites_bake *ret_bake)
{
	struct layer_delta delta = { 0 };
	struct tree seed = { 0 }, visible = { 0 };

	progress_stage(j->progress, "sites", 1, "steps");
	make_seed(r, &seed);
	merge_visible(r, &seed, &visible);
	struct err *e = bake_or_find(j, r, &seed, &visible, &delta, ret_bake);
	if (!e) {
		progress_done(j->progress, delta.cached ? "cached" : NULL);
		keep(&delta.tree, ret);
	}
	layer_delta_done(&delta);
	tree_done(&visible);
	tree_done(&seed);
	return e;
}

struct err *build_sites_poured(struct build_context *j, const struct build_sites_bake *bake,
			       const struct digest *blob)
{
	char hex[4][DIGEST_HEX];
	AUTO_FREE char *lines =
		mem_printf("%s\n%s\n%s\n%s", digest_hex(&bake->key, hex[0]), digest_hex(&bake->base, hex[1]),
			   digest_hex(&bake->record, hex[2]), digest_hex(&bake->answers, hex[3]));

	TRY(store_ref_write(j->store, MADE_BY, blob, lines));
	return store_ref_write(j->store, POURED, &bake->key, digest_hex(blob, hex[0]));
}

/* Whether the files exist is for the next build to check. */
static struct err *touch_all(struct build_context *j, const struct digest *blob)
{
	AUTO_FREE char *lines = NULL, *poured = NULL, *records = NULL, *key = NULL;
	struct digest d[4];

	TRY(store_ref_read(j->store, MADE_BY, blob, &lines));
	char *rest = lines;
	for (size_t i = 0; i < COUNT(d); i++) {
		const char *hex = strsep(&rest, "\n");
		if (!hex || !digest_parse(hex, &d[i]))
			return NULL;
	}
	free(store_tree_find(j->store, &d[0]));
	TRY(store_ref_read(j->store, POURED, &d[0], &poured));
	TRY(store_ref_read(j->store, RECORDS, &d[1], &records));
	store_has(j->store, &d[2]);
	return store_ref_read(j->store, BAKES, &d[3], &key);
}

/* Whether the lock names a layer that this store lacks. Without its record no build can find it. */
static struct err *lacks_named(struct build_context *j, bool *ret)
{
	AUTO_FREE char *lines = NULL;

	TRY(store_ref_read(j->store, MADE_BY, &j->lock.sites, &lines));
	*ret = !digest_is_zero(&j->lock.sites) && (!lines || !store_has(j->store, &j->lock.sites));
	return NULL;
}

struct err *build_sites_use(struct build_context *j, const struct digest *blob)
{
	char hex[DIGEST_HEX], own[DIGEST_HEX];
	bool lacks;

	TRY(touch_all(j, blob));
	if (digest_equal(&j->lock.sites, blob))
		return NULL;
	TRY(lacks_named(j, &lacks));
	if (lacks) {
		progress_note(j->progress,
			      "this store lacks the sites' layer of %s, sha256:%.12s: the sites were made "
			      "again and the layer differs (sha256:%.12s); 'mkbench store export' there and "
			      "'import' here bring it",
			      j->lock_path, digest_hex(&j->lock.sites, hex), digest_hex(blob, own));
		return NULL;
	}
	j->lock.sites = *blob;
	struct err *e = build_own_lock_write(j);
	if (e)
		progress_note(j->progress,
			      "%s does not name the layer of the sites, sha256:%.12s: it cannot be written",
			      j->lock_path, digest_hex(blob, own));
	err_free(e);
	return NULL;
}

struct err *build_sites_forget(struct build_context *j)
{
	bool lacks;

	TRY(lacks_named(j, &lacks));
	if (!lacks)
		return NULL;
	j->lock.sites = (struct digest){ 0 };
	return build_own_lock_write(j);
}
