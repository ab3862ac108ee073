/* SPDX-License-Identifier: MIT */
/* Makes a manifest for a docker archive, which has none that a registry accepts, from its configuration and
 * its layers as stored. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/image_path.h"
#include "base/mem.h"
#include "base/text.h"
#include "registry/manifest_set_own.h"
#include "registry/reference.h"

#define CHUNK ((size_t)1 << 18)
#define LAYER_LIMIT 1024u /* engines allow 127 */

static struct err *hash(const struct layout *l, const char *member, struct digest *ret, uint64_t *ret_size,
			bool *ret_gzip)
{
	AUTO_CLOSE int fd = -1;
	AUTO_FREE unsigned char *chunk = mem_new(CHUNK);
	uint64_t offset, size;

	TRY(layout_file(l, member, &fd, &offset, &size));
	struct digest_run *run = digest_start();
	for (uint64_t done = 0; done < size;) {
		size_t len = size - done < CHUNK ? (size_t)(size - done) : CHUNK;
		struct err *e = file_read_at(fd, chunk, len, offset + done, l->path);
		if (e) {
			digest_drop(run);
			return e;
		}
		if (!done)
			*ret_gzip = len > 2 && chunk[0] == 0x1f && chunk[1] == 0x8b;
		digest_feed(run, chunk, len);
		done += len;
	}
	*ret = digest_finish(run);
	*ret_size = size;
	return NULL;
}

static struct err *describe(const struct layout *l, const char *member, const char *type,
			    struct manifest_set *m, json_t **ret)
{
	struct digest d;
	uint64_t size;
	bool gzip = false;
	char hex[DIGEST_HEX];

	if (!member)
		return layout_damaged(l, "its manifest.json names no file");
	TRY(hash(l, member, &d, &size, &gzip));
	AUTO_FREE char *digest = mem_printf("sha256:%s", digest_hex(&d, hex)),
		       *whole = mem_printf("%s%s", type, gzip ? "+gzip" : "");
	*ret = json_pack("{s:s, s:s, s:I}", "mediaType", whole, "digest", digest, "size", (json_int_t)size);
	manifest_set_add_blob(m, l, arena_dup(&m->arena, member, strlen(member)), &d, size);
	return *ret ? NULL : layout_damaged(l, "a name in it is no text");
}

static void take_tag(const char *name, struct manifest_set *m)
{
	const char *colon = name ? strrchr(name, ':') : NULL;

	if (colon && reference_is_tag(colon + 1))
		m->tag = arena_dup(&m->arena, colon + 1, strlen(colon + 1));
}

/* The image selected by the layout's tag; without a tag the only image. */
static struct err *choose(const struct layout *l, const json_t *list, const json_t **ret,
			  const char **ret_name)
{
	const json_t *image = json_array_get(list, 0);
	const char *first = json_string_value(json_array_get(json_object_get(image, "RepoTags"), 0));

	*ret = image;
	*ret_name = first;
	if (!l->tag && json_array_size(list) == 1)
		return NULL;
	for (size_t i = 0; l->tag && i < json_array_size(list); i++) {
		*ret = json_array_get(list, i);
		const json_t *names = json_object_get(*ret, "RepoTags");
		for (size_t k = 0; k < json_array_size(names); k++) {
			*ret_name = json_string_value(json_array_get(names, k));
			if (image_path_means(l->tag, *ret_name))
				return NULL;
		}
	}
	if (l->tag)
		return err_new(ERR_USAGE, "%s has no image that is called %s", l->path, l->tag);
	return err_new(ERR_USAGE, "%s holds %zu images: name one of them, as %s:%s", l->path,
		       json_array_size(list), l->path, first ? first : "NAME");
}

static struct err *take_parts(const struct layout *l, const json_t *image, struct manifest_set *m,
			      json_t *manifest)
{
	const json_t *layers = json_object_get(image, "Layers");
	json_t *descriptors = json_array(), *one = NULL;

	json_object_set_new(manifest, "layers", descriptors);
	if (json_array_size(layers) > LAYER_LIMIT)
		return layout_damaged(l, "it has more than 1024 layers");
	for (size_t i = 0; i < json_array_size(layers); i++) {
		TRY(describe(l, json_string_value(json_array_get(layers, i)),
			     "application/vnd.oci.image.layer.v1.tar", m, &one));
		json_array_append_new(descriptors, one);
	}
	TRY(describe(l, json_string_value(json_object_get(image, "Config")),
		     "application/vnd.oci.image.config.v1+json", m, &one));
	json_object_set_new(manifest, "config", one);
	return NULL;
}

struct err *manifest_set_docker(struct layout *l, const json_t *list, struct manifest_set *m)
{
	const json_t *image;
	const char *name;

	TRY(choose(l, list, &image, &name));
	json_t *manifest = json_pack("{s:i, s:s}", "schemaVersion", 2, "mediaType", MANIFEST_IMAGE);
	if (!manifest)
		mem_exhausted();
	take_tag(name, m);
	struct err *e = take_parts(l, image, m, manifest);
	char *text = e ? NULL : json_dumps(manifest, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(manifest);
	TRY(e);
	if (!text)
		mem_exhausted();
	size_t len = strlen(text);
	struct manifest_document d = {
		.type = MANIFEST_IMAGE,
		.text = arena_dup(&m->arena, text, len),
		.len = len,
		.digest = digest_of(text, len),
	};
	free(text);
	m->root = manifest_set_add_document(m, &d);
	return NULL;
}
