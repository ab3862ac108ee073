/* SPDX-License-Identifier: MIT */
/* Joins images of several platforms under one index. */
#include <stdlib.h>
#include <string.h>

#include "base/auto_json.h"
#include "base/mem.h"
#include "base/text.h"
#include "registry/manifest_set_own.h"

static const char *keep(struct manifest_set *m, const char *text)
{
	return text ? arena_dup(&m->arena, text, strlen(text)) : NULL;
}

static const char *word(const json_t *entry, const char *key)
{
	const char *value = json_string_value(json_object_get(json_object_get(entry, "platform"), key));

	return value ? value : "";
}

/* Entries without a platform, such as a builder's attestation, are kept beside the images. */
static bool same_platform(const json_t *a, const json_t *b)
{
	static const char *const keys[] = { "os", "architecture", "variant", "os.version" };

	if (!strcmp(word(a, "os"), "unknown"))
		return false;
	for (size_t i = 0; i < COUNT(keys); i++)
		if (strcmp(word(a, keys[i]), word(b, keys[i])))
			return false;
	return true;
}

static struct err *read_config(const struct manifest_set *part, const char *name, json_t **ret)
{
	const struct manifest_document *d = &part->documents.items[part->root];
	AUTO_JSON json_t *manifest = json_loadb(d->text, d->len, 0, NULL);
	const char *says = json_string_value(json_object_get(json_object_get(manifest, "config"), "digest"));
	AUTO_FREE char *text = NULL;
	struct digest wanted;
	size_t len;

	if (!says || !text_starts(says, "sha256:") || !digest_parse(says + strlen("sha256:"), &wanted))
		return err_new(ERR_USAGE, "%s has no configuration that says its platform", name);
	for (size_t i = 0; i < part->blobs.count && !*ret; i++) {
		const struct manifest_blob *b = &part->blobs.items[i];
		if (!digest_equal(&b->digest, &wanted))
			continue;
		TRY(layout_read(b->layout, b->member, &wanted, &text, &len));
		*ret = json_loadb(text, len, 0, NULL);
	}
	return *ret ? NULL : err_new(ERR_BUILD, "%s is damaged: its configuration is not JSON", name);
}

/* An image's entry in the index: its platform comes from its configuration. */
static struct err *describe(const struct manifest_set *part, const char *name, json_t *entries)
{
	static const char *const keys[] = { "architecture", "os", "os.version", "os.features", "variant" };
	const struct manifest_document *d = &part->documents.items[part->root];
	AUTO_JSON json_t *config = NULL;
	char hex[DIGEST_HEX];

	TRY(read_config(part, name, &config));
	if (!json_is_string(json_object_get(config, "architecture")) ||
	    !json_is_string(json_object_get(config, "os")))
		return err_new(ERR_USAGE, "%s does not say its platform", name);
	json_t *platform = json_object();
	for (size_t i = 0; i < COUNT(keys); i++)
		if (json_object_get(config, keys[i]))
			json_object_set(platform, keys[i], json_object_get(config, keys[i]));
	json_array_append_new(entries, json_pack("{s:s, s:o, s:I, s:o}", "mediaType", d->type, "digest",
						 json_sprintf("sha256:%s", digest_hex(&d->digest, hex)),
						 "size", (json_int_t)d->len, "platform", platform));
	return NULL;
}

/* An index is expanded: its entries go into the common one. */
static struct err *describe_all(const struct manifest_set *part, const char *name, json_t *entries)
{
	const struct manifest_document *d = &part->documents.items[part->root];
	AUTO_JSON json_t *document = json_loadb(d->text, d->len, 0, NULL);
	json_t *list = json_object_get(document, "manifests");

	if (!list)
		return describe(part, name, entries);
	json_array_extend(entries, list);
	return NULL;
}

static void copy_blobs(const struct manifest_set *part, struct manifest_set *m)
{
	for (size_t i = 0; i < part->blobs.count; i++) {
		const struct manifest_blob *b = &part->blobs.items[i];
		manifest_set_add_blob(m, b->layout, keep(m, b->member), &b->digest, b->size_bytes);
	}
}

static void copy_documents(const struct manifest_set *part, size_t from, size_t to, struct manifest_set *m)
{
	for (size_t i = from; i < to; i++) {
		struct manifest_document d = part->documents.items[i];
		d.text = arena_dup(&m->arena, d.text, d.len);
		d.type = keep(m, d.type);
		d.artifact_type = keep(m, d.artifact_type);
		d.annotations = keep(m, d.annotations);
		manifest_set_add_document(m, &d);
	}
}

static struct err *check(const json_t *entries, size_t from, const char *const *names, const size_t *ends,
			 size_t part)
{
	for (size_t i = from; i < json_array_size(entries); i++)
		for (size_t k = 0, of = 0; k < i; k++) {
			const json_t *entry = json_array_get(entries, i);
			for (; of < part && k >= ends[of]; of++)
				;
			if (same_platform(entry, json_array_get(entries, k)))
				return err_new(
					ERR_USAGE,
					"%s and %s are both for %s/%s: one name has one image a platform",
					names[of], names[part], word(entry, "os"),
					word(entry, "architecture"));
		}
	return NULL;
}

/* An index with attached documents is pushed, too. */
static size_t end_of_images(const struct manifest_set *part)
{
	bool index = !strcmp(part->documents.items[part->root].type, MANIFEST_INDEX),
	     alone = part->documents.count == part->root + 1;

	return part->root + !(index && alone);
}

static void put_index(json_t *entries, struct manifest_set *m)
{
	AUTO_JSON json_t *index = json_pack("{s:i, s:s, s:O}", "schemaVersion", 2, "mediaType",
					    MANIFEST_INDEX, "manifests", entries);
	AUTO_FREE char *text = json_dumps(index, JSON_COMPACT | JSON_SORT_KEYS);

	if (!text)
		mem_exhausted();
	struct manifest_document d = { .type = MANIFEST_INDEX,
				       .text = keep(m, text),
				       .len = strlen(text),
				       .digest = digest_of(text, strlen(text)) };
	m->root = manifest_set_add_document(m, &d);
}

struct err *manifest_set_join(const struct manifest_set *parts, const char *const *names, size_t count,
			      struct manifest_set *ret)
{
	AUTO_JSON json_t *entries = json_array();
	AUTO_FREE size_t *ends = mem_new(count * sizeof *ends);

	for (size_t i = 0; i < count; i++) {
		size_t from = json_array_size(entries);
		TRY(describe_all(&parts[i], names[i], entries));
		TRY(check(entries, from, names, ends, i));
		ends[i] = json_array_size(entries);
		copy_blobs(&parts[i], ret);
		copy_documents(&parts[i], 0, end_of_images(&parts[i]), ret);
	}
	put_index(entries, ret);
	for (size_t i = 0; i < count; i++)
		copy_documents(&parts[i], parts[i].root + 1, parts[i].documents.count, ret);
	bool same = parts[0].tag;
	for (size_t i = 1; i < count && same; i++)
		same = parts[i].tag && !strcmp(parts[i].tag, parts[0].tag);
	ret->tag = same ? keep(ret, parts[0].tag) : ret->tag;
	return NULL;
}
