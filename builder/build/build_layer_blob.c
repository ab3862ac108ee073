/* SPDX-License-Identifier: MIT */
#include "build/build_layer_blob.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "build/build_layers.h"
#include "layer/audit.h"
#include "layer/layer.h"
#include "report/layer_record.h"

#define POUR_FORMAT "pour 2" /* change it if the same tree gives other bytes */

struct digest build_layer_blob_key(const char *kind, const struct digest *inputs, const char *name)
{
	struct digest_run *run = digest_start();

	digest_feed_word(run, POUR_FORMAT);
	digest_feed_word(run, kind);
	digest_feed_word(run, name);
	digest_feed(run, inputs->bytes, sizeof inputs->bytes);
	return digest_finish(run);
}

struct digest build_layer_blob_content(const struct build_context *j, const struct tree *t)
{
	struct digest_run *run = digest_start();
	struct digest names = tree_digest(t);

	digest_feed(run, names.bytes, sizeof names.bytes);
	for (size_t i = 0; i < t->count; i++) {
		int64_t shown = image_pour_time(&t->items[i], j->lock.epoch);
		digest_feed(run, &shown, sizeof shown);
	}
	names = digest_finish(run);
	return build_layer_blob_key("content", &names, "");
}

struct digest build_layer_blob_rules(const struct build_context *j)
{
	const struct audit_rules *rules = service_audit(j->services);
	const struct audit_allow *rows = j->recipe.allow.items;
	struct digest_run *run = digest_start();

	digest_feed(run, rules->digest.bytes, sizeof rules->digest.bytes);
	for (size_t i = 0; i < j->recipe.allow.count; i++) {
		digest_feed_word(run, rows[i].path);
		digest_feed_word(run, rows[i].sha256);
	}
	return digest_finish(run);
}

static void put_blob(struct text *t, const struct layer_blob *b)
{
	char digest[DIGEST_HEX], diff_id[DIGEST_HEX];

	text_printf(t, "%s %s %" PRIu64 " %" PRIu64 "\n", digest_hex(&b->digest, digest),
		    digest_hex(&b->diff_id, diff_id), b->size_bytes, b->unpacked_bytes);
}

/* Parses one line and moves past it; false if it is invalid or its blob is gone. */
static bool take_blob(struct build_context *j, const char **text, struct layer_blob *ret)
{
	char digest[DIGEST_HEX], diff_id[DIGEST_HEX];
	int used = 0;

	if (sscanf(*text, "%64s %64s %" SCNu64 " %" SCNu64 "\n%n", digest, diff_id, &ret->size_bytes,
		   &ret->unpacked_bytes, &used) != 4)
		return false;
	*text += used;
	return digest_parse(digest, &ret->digest) && digest_parse(diff_id, &ret->diff_id) &&
	       store_has(j->store, &ret->digest);
}

struct err *build_layer_blob_audit(struct build_context *j, const struct digest *key, const struct tree *t,
				   const char *what)
{
	const struct audit a = { j->store, j->progress, service_audit(j->services), &j->recipe };
	struct digest rules = build_layer_blob_rules(j), well = build_layer_blob_key("audit", &rules, "");
	AUTO_FREE char *known = NULL;
	char hex[DIGEST_HEX];

	well = build_layer_blob_key(digest_hex(&well, hex), key, "");
	TRY(store_ref_read(j->store, "audited", &well, &known));
	if (known)
		return NULL;
	TRY(audit_tree(&a, t, what));
	return store_ref_write(j->store, "audited", &well, "well");
}

struct err *build_layer_blob(struct build_context *j, const struct digest *key, const struct tree *t,
			     const char *what, struct layer_blob *ret)
{
	AUTO_FREE char *known = NULL;
	AUTO_TEXT struct text line = { 0 };

	TRY(build_layer_blob_audit(j, key, t, what));
	TRY(store_ref_read(j->store, "layer", key, &known));
	const char *at = known;
	if (at && take_blob(j, &at, ret))
		return NULL;
	struct layer_reader *reader = layer_reader(j->store);
	struct layer_record *record = layer_record_begin();
	const struct image_pour_watch watch = { record, layer_record_entry, layer_record_bytes };
	struct err *e = image_pour(j->store, t, &(struct content_reader){ reader, layer_read }, j->lock.epoch,
				   &watch, ret);
	layer_reader_done(reader);
	layer_record_end(record, e ? NULL : j->store, &ret->digest, ret->size_bytes, ret->unpacked_bytes);
	TRY(e);
	put_blob(&line, ret);
	return store_ref_write(j->store, "layer", key, line.bytes);
}

/* The largest number of layers, with the longest numbers. */
#define LINE_MAX_BYTES (2 * DIGEST_HEX + 2 * sizeof "18446744073709551615")
_Static_assert(BUILD_LAYERS_MAX *LINE_MAX_BYTES + DIGEST_HEX <= STORE_REF_LIMIT,
	       "a build's layers are remembered in one ref");

struct err *build_layer_blob_remember(struct build_context *j, const struct digest *build,
				      const struct image_layer *layers, size_t count,
				      const struct digest *tree)
{
	AUTO_TEXT struct text lines = { 0 };
	char hex[DIGEST_HEX];

	for (size_t i = 0; i < count; i++)
		put_blob(&lines, &layers[i].blob);
	text_put(&lines, digest_hex(tree, hex));
	return store_ref_write(j->store, "build", build, lines.bytes);
}

bool build_layer_blob_recall(struct build_context *j, const struct digest *build, struct image_layer *layers,
			     size_t count, struct digest *tree)
{
	AUTO_FREE char *known = NULL;
	struct err *e = store_ref_read(j->store, "build", build, &known);
	const char *at = known;

	err_free(e);
	if (e || !known)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!take_blob(j, &at, &layers[i].blob))
			return false;
	AUTO_FREE char *hex = mem_ndup(at, strcspn(at, "\n"));
	return digest_parse(hex, tree);
}
