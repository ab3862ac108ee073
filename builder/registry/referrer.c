/* SPDX-License-Identifier: MIT */
#include "registry/referrer.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto_json.h"
#include "base/mem.h"

/* Whether the registry maintains the list of an image's referrers itself. */
static struct err *lists_itself(struct registry *r, const struct digest *image, bool *ret)
{
	AUTO_ANSWER struct exchange_answer a = { 0 };
	char hex[DIGEST_HEX];
	AUTO_FREE char *rest = mem_printf("/referrers/sha256:%s", digest_hex(image, hex)),
		       *url = registry_url(r, rest);
	struct exchange_request q = { .method = "GET", .url = url, .accept = MANIFEST_INDEX };

	TRY(registry_ask(r, &q, &a));
	*ret = a.status == 200;
	return NULL;
}

static json_t *describe(const struct manifest_document *d, const char *digest)
{
	json_t *one = json_pack("{s:s, s:s, s:I}", "mediaType", d->type, "digest", digest, "size",
				(json_int_t)d->len);

	if (!one)
		mem_exhausted();
	if (d->artifact_type)
		json_object_set_new(one, "artifactType", json_string(d->artifact_type));
	if (d->annotations)
		json_object_set_new(one, "annotations", json_loads(d->annotations, 0, NULL));
	return one;
}

/* Returns false if it is in the list already. */
static bool add(json_t *index, const struct manifest_document *d)
{
	char hex[DIGEST_HEX];
	AUTO_FREE char *digest = mem_printf("sha256:%s", digest_hex(&d->digest, hex));
	json_t *all = json_object_get(index, "manifests");

	if (!json_is_array(all)) {
		all = json_array();
		json_object_set_new(index, "manifests", all);
	}
	for (size_t i = 0; i < json_array_size(all); i++) {
		const char *other = json_string_value(json_object_get(json_array_get(all, i), "digest"));
		if (other && !strcmp(other, digest))
			return false;
	}
	json_array_append_new(all, describe(d, digest));
	return true;
}

struct err *referrer_list(struct registry *r, const struct manifest_document *d)
{
	AUTO_JSON json_t *index = NULL;
	char hex[DIGEST_HEX];
	AUTO_FREE char *rest = mem_printf("/manifests/sha256-%s", digest_hex(&d->subject, hex));
	bool itself;

	TRY(lists_itself(r, &d->subject, &itself));
	if (itself)
		return NULL;
	TRY(registry_get_json(r, rest, MANIFEST_INDEX, "read what is attached to the image", &index));
	if (!json_is_object(index)) {
		json_decref(index);
		index = json_pack("{s:i, s:s, s:[]}", "schemaVersion", 2, "mediaType", MANIFEST_INDEX,
				  "manifests");
	}
	return add(index, d) ? registry_put_json(r, rest, MANIFEST_INDEX, index,
						 "list what is attached to the image") :
			       NULL;
}
