/* SPDX-License-Identifier: MIT */
#include "registry/manifest_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto_json.h"
#include "base/file.h"
#include "base/image_path.h"
#include "base/mem.h"
#include "base/text.h"
#include "registry/manifest_set_own.h"
#include "registry/reference.h"

#define INDEX_DEPTH 4u
#define DOCUMENT_COUNT 1024u
#define BLOB_COUNT 16384u

static const char *keep(struct manifest_set *m, const char *text)
{
	return text ? arena_dup(&m->arena, text, strlen(text)) : NULL;
}

static const char *text_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static bool digest_from(const json_t *descriptor, struct digest *ret)
{
	const char *word = text_at(descriptor, "digest");

	return word && text_starts(word, "sha256:") && digest_parse(word + strlen("sha256:"), ret);
}

static const char *member_of(struct manifest_set *m, const struct digest *d)
{
	char hex[DIGEST_HEX];
	AUTO_FREE char *path = mem_printf("blobs/sha256/%s", digest_hex(d, hex));

	return keep(m, path);
}

void manifest_set_add_blob(struct manifest_set *m, const struct layout *l, const char *member,
			   const struct digest *d, uint64_t size_bytes)
{
	for (size_t i = 0; i < m->blobs.count; i++)
		if (digest_equal(&m->blobs.items[i].digest, d))
			return;
	VEC_PUSH(&m->blobs, (struct manifest_blob){ l, member, *d, size_bytes });
	m->size_bytes += size_bytes;
}

size_t manifest_set_add_document(struct manifest_set *m, const struct manifest_document *d)
{
	for (size_t i = 0; i < m->documents.count; i++)
		if (digest_equal(&m->documents.items[i].digest, &d->digest))
			return i;
	VEC_PUSH(&m->documents, *d);
	return m->documents.count - 1;
}

/* Layers that may not be redistributed, such as those of Windows, have their own URLs. */
static bool is_elsewhere(const json_t *descriptor)
{
	const char *type = text_at(descriptor, "mediaType");

	return json_array_size(json_object_get(descriptor, "urls")) > 0 ||
	       (type && (strstr(type, ".foreign.") || strstr(type, ".nondistributable.")));
}

static struct err *take_blob(const struct layout *l, const json_t *descriptor, struct manifest_set *m)
{
	struct digest d;
	uint64_t offset, size;
	int fd;

	if (is_elsewhere(descriptor))
		return NULL;
	if (!digest_from(descriptor, &d))
		return layout_damaged(l, "a manifest names a blob without its SHA-256");
	if (m->blobs.count >= BLOB_COUNT)
		return layout_damaged(l, "it names more than 16384 blobs");
	const char *member = member_of(m, &d);
	TRY(layout_file(l, member, &fd, &offset, &size));
	file_closep(&fd);
	if (json_integer_value(json_object_get(descriptor, "size")) != (json_int_t)size)
		return layout_damaged(l, "a blob does not have the size that its manifest says");
	manifest_set_add_blob(m, l, member, &d, size);
	return NULL;
}

static struct err *take_blobs(const struct layout *l, const json_t *document, struct manifest_set *m)
{
	static const char *const lists[] = { "layers", "blobs" };
	const json_t *config = json_object_get(document, "config");

	if (config)
		TRY(take_blob(l, config, m));
	for (size_t k = 0; k < COUNT(lists); k++) {
		const json_t *list = json_object_get(document, lists[k]);
		for (size_t i = 0; i < json_array_size(list); i++)
			TRY(take_blob(l, json_array_get(list, i), m));
	}
	return NULL;
}

static const char *type_of(const json_t *descriptor, const json_t *document)
{
	const char *type = text_at(descriptor, "mediaType");

	if (!type)
		type = text_at(document, "mediaType");
	return type ? type : json_object_get(document, "manifests") ? MANIFEST_INDEX : MANIFEST_IMAGE;
}

static void take_subject(const json_t *document, struct manifest_set *m, struct manifest_document *d)
{
	const char *type = text_at(document, "artifactType");
	const json_t *notes = json_object_get(document, "annotations");

	if (!digest_from(json_object_get(document, "subject"), &d->subject))
		return;
	d->artifact_type = keep(m, type ? type : text_at(json_object_get(document, "config"), "mediaType"));
	AUTO_FREE char *text = notes ? json_dumps(notes, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	d->annotations = keep(m, text);
}

/* Adds a manifest or an index, after everything that it names. */
static struct err *take_document(struct layout *l, const json_t *descriptor, unsigned depth,
				 struct manifest_set *m, size_t *ret)
{
	AUTO_JSON json_t *document = NULL;
	AUTO_FREE char *text = NULL;
	struct manifest_document d = { 0 };
	size_t ignored;

	if (!digest_from(descriptor, &d.digest))
		return layout_damaged(l, "an index names a manifest without its SHA-256");
	if (!depth || m->documents.count >= DOCUMENT_COUNT)
		return layout_damaged(l, "its indexes are nested too deeply");
	TRY(layout_read(l, member_of(m, &d.digest), &d.digest, &text, &d.len));
	document = json_loadb(text, d.len, 0, NULL);
	if (!json_is_object(document))
		return layout_damaged(l, "a manifest is not JSON");
	const json_t *parts = json_object_get(document, "manifests");
	for (size_t i = 0; i < json_array_size(parts); i++)
		TRY(take_document(l, json_array_get(parts, i), depth - 1, m, &ignored));
	TRY(take_blobs(l, document, m));
	d.text = arena_dup(&m->arena, text, d.len);
	d.type = keep(m, type_of(descriptor, document));
	take_subject(document, m, &d);
	*ret = manifest_set_add_document(m, &d);
	return NULL;
}

/* The subject of the manifest in an entry of index.json; zero for an image. */
static struct err *read_subject(struct layout *l, const json_t *entry, struct manifest_set *m,
				struct digest *ret)
{
	AUTO_JSON json_t *document = NULL;
	AUTO_FREE char *text = NULL;
	struct digest d;
	size_t len;

	*ret = (struct digest){ 0 };
	if (!digest_from(entry, &d))
		return layout_damaged(l, "its index names a manifest without its SHA-256");
	TRY(layout_read(l, member_of(m, &d), &d, &text, &len));
	document = json_loadb(text, len, 0, NULL);
	digest_from(json_object_get(document, "subject"), ret);
	return NULL;
}

/* Skips documents attached to another image of the layout than the chosen one. */
static struct err *take_attached(struct layout *l, const json_t *entries, struct manifest_set *m)
{
	size_t images = m->documents.count, ignored;

	for (size_t i = 0; i < json_array_size(entries); i++) {
		struct digest subject;
		bool wanted = !l->tag;
		TRY(read_subject(l, json_array_get(entries, i), m, &subject));
		for (size_t k = 0; k < images && !wanted; k++)
			wanted = digest_equal(&m->documents.items[k].digest, &subject);
		if (wanted)
			TRY(take_document(l, json_array_get(entries, i), INDEX_DEPTH, m, &ignored));
	}
	return NULL;
}

static void take_tag(const json_t *entry, struct manifest_set *m)
{
	const char *ref = text_at(json_object_get(entry, "annotations"), "org.opencontainers.image.ref.name");
	const char *colon = ref ? strrchr(ref, ':') : NULL;

	if (colon)
		ref = colon + 1;
	m->tag = ref && reference_is_tag(ref) ? keep(m, ref) : NULL;
}

/* The image's name for an error. */
static const char *name_of(const struct layout *l, const json_t *entry, struct manifest_set *m)
{
	const char *ref = text_at(json_object_get(entry, "annotations"), "org.opencontainers.image.ref.name");
	AUTO_FREE char *name = mem_printf("%s:%s", l->path, ref ? ref : text_at(entry, "digest"));

	return keep(m, name);
}

/* Several images in one layout are one image for several platforms. */
static struct err *join(struct layout *l, const json_t *images, struct manifest_set *m)
{
	size_t count = json_array_size(images);
	AUTO_FREE struct manifest_set *parts = mem_new(count * sizeof *parts);
	AUTO_FREE const char **names = mem_new(count * sizeof *names);
	struct err *e = NULL;

	for (size_t i = 0; !e && i < count; i++) {
		names[i] = name_of(l, json_array_get(images, i), m);
		e = take_document(l, json_array_get(images, i), INDEX_DEPTH, &parts[i], &parts[i].root);
	}
	if (!e)
		e = manifest_set_join(parts, names, count, m);
	for (size_t i = 0; i < count; i++)
		manifest_set_done(&parts[i]);
	return e;
}

static bool is_meant(const struct layout *l, const json_t *entry)
{
	const json_t *notes = json_object_get(entry, "annotations");

	return !l->tag || image_path_means(l->tag, text_at(notes, "org.opencontainers.image.ref.name")) ||
	       image_path_means(l->tag, text_at(notes, "io.containerd.image.name"));
}

static struct err *take_index(struct layout *l, const json_t *index, struct manifest_set *m)
{
	const json_t *all = json_object_get(index, "manifests");
	AUTO_JSON json_t *images = json_array(), *attached = json_array();
	struct digest subject;

	for (size_t i = 0; i < json_array_size(all); i++) {
		json_t *entry = json_array_get(all, i);
		TRY(read_subject(l, entry, m, &subject));
		bool is = json_object_get(entry, "artifactType") || !digest_is_zero(&subject);
		if (is || is_meant(l, entry))
			json_array_append(is ? attached : images, entry);
	}
	if (!json_array_size(images))
		return l->tag ? err_new(ERR_USAGE, "%s has no image that is called %s", l->path, l->tag) :
				err_new(ERR_USAGE, "%s holds no image", l->path);
	take_tag(json_array_get(images, 0), m);
	if (json_array_size(images) == 1)
		TRY(take_document(l, json_array_get(images, 0), INDEX_DEPTH, m, &m->root));
	else
		TRY(join(l, images, m));
	return take_attached(l, attached, m);
}

static struct err *no_image(const struct layout *l)
{
	return err_new(ERR_USAGE,
		       "%s cannot be pushed: name an OCI image layout (a folder or a .tar) or a "
		       "docker archive%s",
		       l->path, image_path_hint(l->path));
}

static struct err *read_one(struct layout *l, struct manifest_set *ret)
{
	AUTO_JSON json_t *first = NULL;
	AUTO_FREE char *text = NULL;
	size_t len;
	bool oci = layout_has(l, "index.json");

	if (!oci && !layout_has(l, "manifest.json"))
		return no_image(l);
	TRY(layout_read(l, oci ? "index.json" : "manifest.json", NULL, &text, &len));
	first = json_loadb(text, len, 0, NULL);
	if (!first)
		return layout_damaged(l,
				      oci ? "its index.json is not JSON" : "its manifest.json is not JSON");
	if (!oci && !json_is_array(first)) /* skopeo's dir: format */
		return no_image(l);
	return oci ? take_index(l, first, ret) : manifest_set_docker(l, first, ret);
}

struct err *manifest_set_read(struct layout *layouts, size_t count, struct manifest_set *ret)
{
	AUTO_FREE struct manifest_set *parts = mem_new(count * sizeof *parts);
	AUTO_FREE const char **names = mem_new(count * sizeof *names);
	struct err *e = NULL;

	*ret = (struct manifest_set){ 0 };
	if (count == 1)
		return read_one(layouts, ret);
	for (size_t i = 0; !e && i < count; i++) {
		names[i] = layouts[i].path;
		e = read_one(&layouts[i], &parts[i]);
	}
	if (!e)
		e = manifest_set_join(parts, names, count, ret);
	for (size_t i = 0; i < count; i++)
		manifest_set_done(&parts[i]);
	return e;
}

void manifest_set_done(struct manifest_set *m)
{
	free(m->blobs.items);
	free(m->documents.items);
	arena_done(&m->arena);
	*m = (struct manifest_set){ 0 };
}
