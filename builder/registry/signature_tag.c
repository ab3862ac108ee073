/* SPDX-License-Identifier: MIT */
#include "registry/signature_tag.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto_json.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "registry/manifest_set.h"
#include "registry/upload.h"

#define SIGNED "application/vnd.dev.cosign.simplesigning.v1+json"
#define CONFIG "application/vnd.oci.image.config.v1+json"
#define NOTE "dev.cosignproject.cosign/signature"

/* Puts a blob into the repository; ret is its "sha256:…", the caller's to free. */
static struct err *put_blob(struct registry *r, const char *folder, const char *bytes, char **ret)
{
	struct layout l = { .path = (char *)folder, .fd = -1 };
	struct manifest_blob blob = { .layout = &l,
				      .member = "blob",
				      .digest = digest_of(bytes, strlen(bytes)),
				      .size_bytes = strlen(bytes) };
	AUTO_FREE char *path = mem_printf("%s/blob", folder);
	enum upload_result result;
	char hex[DIGEST_HEX];

	TRY(file_write(path, bytes, strlen(bytes), 0600));
	TRY(upload_blob(r, &blob, NULL, NULL, &result));
	*ret = mem_printf("sha256:%s", digest_hex(&blob.digest, hex));
	return NULL;
}

/* The layers of the image with that tag; none if there is no such image. */
static struct err *get_layers(struct registry *r, const char *rest, json_t **ret)
{
	AUTO_JSON json_t *before = NULL;

	TRY(registry_get_json(r, rest, MANIFEST_IMAGE, "read the image's signatures", &before));
	json_t *layers = json_object_get(before, "layers");
	*ret = json_is_array(layers) ? json_incref(layers) : json_array();
	return NULL;
}

static bool has(const json_t *layers, const char *digest, const char *signature)
{
	for (size_t i = 0; i < json_array_size(layers); i++) {
		const json_t *layer = json_array_get(layers, i);
		const char *own = json_string_value(json_object_get(layer, "digest"));
		const char *word =
			json_string_value(json_object_get(json_object_get(layer, "annotations"), NOTE));
		if (own && word && !strcmp(own, digest) && !strcmp(word, signature))
			return true;
	}
	return false;
}

/* The configuration that an image must have; it only lists the layers. */
static char *describe_config(const json_t *layers)
{
	json_t *ids = json_array();

	for (size_t i = 0; i < json_array_size(layers); i++)
		json_array_append(ids, json_object_get(json_array_get(layers, i), "digest"));
	AUTO_JSON json_t *config =
		json_pack("{s:s, s:s, s:s, s:{}, s:{s:s, s:o}}", "architecture", "", "os", "", "created",
			  "0001-01-01T00:00:00Z", "config", "rootfs", "type", "layers", "diff_ids", ids);
	char *text = json_dumps(config, JSON_COMPACT);

	if (!text)
		mem_exhausted();
	return text;
}

static struct err *put_manifest(struct registry *r, const char *rest, const char *config, size_t config_len,
				json_t *layers)
{
	AUTO_JSON json_t *all = json_pack("{s:i, s:s, s:{s:s, s:I, s:s}, s:O}", "schemaVersion", 2,
					  "mediaType", MANIFEST_IMAGE, "config", "mediaType", CONFIG, "size",
					  (json_int_t)config_len, "digest", config, "layers", layers);

	return registry_put_json(r, rest, MANIFEST_IMAGE, all, "push the image's signature");
}

struct err *signature_tag_push(struct registry *r, const char *folder, const struct digest *manifest,
			       const char *payload, const char *signature)
{
	AUTO_JSON json_t *layers = NULL;
	AUTO_FREE char *digest = NULL, *config = NULL, *config_digest = NULL;
	char hex[DIGEST_HEX];
	AUTO_FREE char *rest = mem_printf("/manifests/sha256-%s.sig", digest_hex(manifest, hex));

	TRY(get_layers(r, rest, &layers));
	TRY(put_blob(r, folder, payload, &digest));
	if (has(layers, digest, signature))
		return NULL;
	json_array_append_new(layers, json_pack("{s:s, s:I, s:s, s:{s:s}}", "mediaType", SIGNED, "size",
						(json_int_t)strlen(payload), "digest", digest, "annotations",
						NOTE, signature));
	config = describe_config(layers);
	TRY(put_blob(r, folder, config, &config_digest));
	return put_manifest(r, rest, config_digest, strlen(config), layers);
}
