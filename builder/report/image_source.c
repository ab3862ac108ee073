/* SPDX-License-Identifier: MIT */
#include "report/image_source.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/auto_json.h"
#include "base/image_path.h"
#include "base/mem.h"
#include "base/text.h"
#include "report/image_stream.h"

#define DOCUMENT_LIMIT (8u << 20)
#define LAYER_LIMIT 1024u /* engines allow 127 */
#define INDEX_DEPTH 4u

static struct err *damaged(const struct image_source *s, const char *what)
{
	return err_new(ERR_BUILD, "%s is damaged: %s", s->path, what);
}

static struct err *read_text(const struct image_source *s, const char *member, struct text *ret)
{
	struct image_stream *m;
	const void *bytes;
	size_t len;

	TRY(image_stream_open(s, member, &m));
	struct err *e;
	while (!(e = image_stream_read(m, &bytes, &len)) && len) {
		if (len > DOCUMENT_LIMIT - ret->len) {
			e = err_new(ERR_BUILD, "a document is larger than 8 MB");
			break;
		}
		text_add(ret, bytes, len);
	}
	image_stream_close(m);
	return e ? err_wrap(e, "%s is damaged", s->path) : NULL;
}

/* want: the digest that it must have; NULL: unknown. */
static struct err *read_json(const struct image_source *s, const char *member, const struct digest *want,
			     json_t **ret)
{
	AUTO_TEXT struct text text = { 0 };

	TRY(read_text(s, member, &text));
	struct digest found = digest_of(text.bytes ? text.bytes : "", text.len);
	if (want && !digest_equal(&found, want))
		return damaged(s, "a document's SHA-256 does not match");
	*ret = json_loadb(text.bytes ? text.bytes : "", text.len, 0, NULL);
	return *ret ? NULL : err_new(ERR_BUILD, "%s is damaged: %s is not JSON", s->path, member);
}

static const char *keep(struct image_source *s, const char *text)
{
	return text ? arena_dup(&s->arena, text, strlen(text)) : NULL;
}

static bool digest_word(const char *word, struct digest *ret)
{
	return word && text_starts(word, "sha256:") && digest_parse(word + strlen("sha256:"), ret);
}

static bool digest_from(const json_t *descriptor, struct digest *ret)
{
	return digest_word(json_string_value(json_object_get(descriptor, "digest")), ret);
}

static char *blob(const struct digest *d)
{
	char hex[DIGEST_HEX];

	return mem_printf("blobs/sha256/%s", digest_hex(d, hex));
}

static struct err *read_blob(const struct image_source *s, const struct digest *d, json_t **ret)
{
	AUTO_FREE char *member = blob(d);

	return read_json(s, member, d, ret);
}

/* The name in an index: containerd's is complete, the layout's own may be only a tag. */
static void take_name(struct image_source *s, const json_t *entry)
{
	const json_t *notes = json_object_get(entry, "annotations");
	const char *full = json_string_value(json_object_get(notes, "io.containerd.image.name"));

	if (full && text_starts(full, "docker.io/library/"))
		full += strlen("docker.io/library/");
	if (!s->name)
		s->name = keep(s, full ? full :
					 json_string_value(json_object_get(
						 notes, "org.opencontainers.image.ref.name")));
}

/* The processor's name in an index, from that of uname. */
static const char *own_architecture(struct utsname *u)
{
	static const char *const names[][2] = {
		{ "x86_64", "amd64" },
		{ "aarch64", "arm64" },
		{ "i686", "386" },
		{ "armv7l", "arm" },
	};

	if (uname(u))
		return "";
	for (size_t i = 0; i < COUNT(names); i++)
		if (!strcmp(names[i][0], u->machine))
			return names[i][1];
	return u->machine;
}

/* Excludes documents attached to an image, such as a bill of materials. */
static bool is_image(const json_t *entry)
{
	const char *os = json_string_value(json_object_get(json_object_get(entry, "platform"), "os"));

	return !json_object_get(entry, "artifactType") && (!os || strcmp(os, "unknown"));
}

static const char *note_of(const json_t *entry, const char *key)
{
	return json_string_value(json_object_get(json_object_get(entry, "annotations"), key));
}

static const char *layout_name(const json_t *entry)
{
	return note_of(entry, "org.opencontainers.image.ref.name");
}

static bool is_meant(const struct image_source *s, const json_t *entry)
{
	return !s->tag || image_path_means(s->tag, layout_name(entry)) ||
	       image_path_means(s->tag, note_of(entry, "io.containerd.image.name"));
}

static const char *architecture_of(const json_t *entry)
{
	const char *word =
		json_string_value(json_object_get(json_object_get(entry, "platform"), "architecture"));

	return word ? word : "";
}

/* Whether b is a different image from a with another name, and nothing else distinguishes them. */
static bool is_rival(const struct image_source *s, const json_t *a, const json_t *b)
{
	AUTO_JSON json_t *manifest = NULL;
	const char *name = layout_name(a), *other = layout_name(b);
	struct digest d, e;

	if (!name || !other || !strcmp(name, other) || strcmp(architecture_of(a), architecture_of(b)) ||
	    text_ends(other, ".sig") || text_ends(other, ".att"))
		return false;
	if (!digest_from(a, &d) || !digest_from(b, &e) || digest_equal(&d, &e))
		return false;
	err_free(read_blob(s, &e, &manifest));
	return !json_object_get(manifest, "subject");
}

/* named: the entries have names of images, and the source's tag selects one. NULL: none is an image. */
static struct err *choose(const struct image_source *s, const json_t *index, bool named, const json_t **ret)
{
	const json_t *all = json_object_get(index, "manifests"), *found = NULL;
	struct utsname u;
	const char *own = own_architecture(&u);

	for (size_t i = 0; i < json_array_size(all); i++) {
		const json_t *entry = json_array_get(all, i);
		if (!is_image(entry) || (named && !is_meant(s, entry)))
			continue;
		if (!found || (strcmp(architecture_of(found), own) && !strcmp(architecture_of(entry), own)))
			found = entry;
	}
	if (!found && named && s->tag)
		return err_new(ERR_USAGE, "%s has no image that is called %s", s->path, s->tag);
	for (size_t i = 0; found && named && !s->tag && i < json_array_size(all); i++) {
		const json_t *entry = json_array_get(all, i);
		if (is_image(entry) && is_rival(s, found, entry))
			return err_new(ERR_USAGE,
				       "%s holds several images: name one of them, as %s:%s or :%s", s->path,
				       s->path, layout_name(found), layout_name(entry));
	}
	*ret = found;
	return NULL;
}

static struct err *take_layers(struct image_source *s, const json_t *layers)
{
	s->layer_count = json_array_size(layers);
	if (s->layer_count > LAYER_LIMIT)
		return damaged(s, "it has more than 1024 layers");
	s->layers = arena_new(&s->arena, (s->layer_count + 1) * sizeof *s->layers);
	for (size_t i = 0; i < s->layer_count; i++) {
		if (!digest_from(json_array_get(layers, i), &s->layers[i].digest))
			return damaged(s, "a layer has no SHA-256 digest");
		AUTO_FREE char *member = blob(&s->layers[i].digest);
		s->layers[i].member = keep(s, member);
	}
	return NULL;
}

/* Follows an index, possibly through nested ones, to a manifest with a configuration. */
static struct err *follow(struct image_source *s, const json_t *index, unsigned depth)
{
	AUTO_JSON json_t *next = NULL;
	const json_t *entry = NULL;

	TRY(choose(s, index, depth == INDEX_DEPTH, &entry));
	if (!entry || !digest_from(entry, &s->manifest))
		return damaged(s, "its index names no image");
	take_name(s, entry);
	TRY(read_blob(s, &s->manifest, &next));
	if (json_object_get(next, "manifests"))
		return depth ? follow(s, next, depth - 1) : damaged(s, "its indexes are nested too deeply");
	if (!digest_from(json_object_get(next, "config"), &s->config_digest))
		return damaged(s, "its manifest names no configuration");
	TRY(take_layers(s, json_object_get(next, "layers")));
	return read_blob(s, &s->config_digest, &s->config);
}

/* "<hex>.json" in older archives, "blobs/sha256/<hex>" in newer ones. */
static bool config_digest(const char *member, struct digest *ret)
{
	const char *slash = strrchr(member, '/');
	AUTO_FREE char *hex = mem_ndup(slash ? slash + 1 : member, strcspn(slash ? slash + 1 : member, "."));

	return digest_parse(hex, ret);
}

/* The image selected by the tag; without a tag the only image. */
static struct err *choose_docker(struct image_source *s, const json_t *list, const json_t **ret)
{
	*ret = json_array_get(list, 0);
	s->name = json_string_value(json_array_get(json_object_get(*ret, "RepoTags"), 0));
	if (!s->tag && json_array_size(list) > 1)
		return err_new(ERR_USAGE, "%s holds %zu images: name one of them, as %s:%s", s->path,
			       json_array_size(list), s->path, s->name ? s->name : "NAME");
	for (size_t i = 0; s->tag && i < json_array_size(list); i++) {
		*ret = json_array_get(list, i);
		const json_t *names = json_object_get(*ret, "RepoTags");
		for (size_t k = 0; k < json_array_size(names); k++) {
			s->name = json_string_value(json_array_get(names, k));
			if (image_path_means(s->tag, s->name))
				return NULL;
		}
	}
	return s->tag ? err_new(ERR_USAGE, "%s has no image that is called %s", s->path, s->tag) : NULL;
}

static struct err *take_docker(struct image_source *s, const json_t *list)
{
	const json_t *image;

	TRY(choose_docker(s, list, &image));
	const json_t *layers = json_object_get(image, "Layers");
	const char *config = json_string_value(json_object_get(image, "Config"));
	s->name = keep(s, s->name);
	if (!config || !config_digest(config, &s->config_digest))
		return damaged(s, "its manifest.json names no configuration");
	s->layer_count = json_array_size(layers);
	if (s->layer_count > LAYER_LIMIT)
		return damaged(s, "it has more than 1024 layers");
	s->layers = arena_new(&s->arena, (s->layer_count + 1) * sizeof *s->layers);
	for (size_t i = 0; i < s->layer_count; i++) {
		const char *member = json_string_value(json_array_get(layers, i));
		if (!member)
			return damaged(s, "a layer has no name");
		s->layers[i].member = keep(s, member);
		if (text_starts(member, "blobs/sha256/") &&
		    !digest_parse(member + strlen("blobs/sha256/"), &s->layers[i].digest))
			return damaged(s, "a layer's name is no digest");
	}
	return read_json(s, config, &s->config_digest, &s->config);
}

static void take_diff_ids(struct image_source *s)
{
	const json_t *ids = json_object_get(json_object_get(s->config, "rootfs"), "diff_ids");

	for (size_t i = 0; i < s->layer_count; i++)
		if (!digest_word(json_string_value(json_array_get(ids, i)), &s->layers[i].diff_id))
			s->layers[i].diff_id = (struct digest){ 0 };
}

static struct err *no_image(const struct image_source *s)
{
	if (image_stream_ends_early(s))
		return damaged(s, "it ends early, copy it again");
	return err_new(ERR_USAGE,
		       "%s cannot be inspected: name an OCI image layout (a folder or a .tar) or "
		       "a docker archive (docker save)%s. "
		       "For a disk, inspect the container of the same recipe",
		       s->path, image_path_hint(s->path));
}

static struct err *open_documents(struct image_source *s)
{
	AUTO_JSON json_t *first = NULL;

	if (image_stream_has(s, "index.json")) {
		TRY(read_json(s, "index.json", NULL, &first));
		TRY(follow(s, first, INDEX_DEPTH));
	} else if (image_stream_has(s, "manifest.json")) {
		TRY(read_json(s, "manifest.json", NULL, &first));
		if (!json_is_array(first)) /* skopeo's dir: format */
			return no_image(s);
		TRY(take_docker(s, first));
	} else {
		return no_image(s);
	}
	if (!json_is_object(s->config))
		return damaged(s, "its configuration is no object");
	take_diff_ids(s);
	return NULL;
}

struct err *image_source_open(const char *path, struct image_source *ret)
{
	struct image_source s = { 0 };
	struct err *e = image_path_split(path, &s.path, &s.tag, &s.folder);

	if (!e)
		e = open_documents(&s);
	if (e)
		image_source_close(&s);
	else
		*ret = s;
	return e;
}

void image_source_close(struct image_source *s)
{
	json_decref(s->config);
	free(s->path);
	free(s->tag);
	arena_done(&s->arena);
	*s = (struct image_source){ 0 };
}
