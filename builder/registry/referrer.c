/* SPDX-License-Identifier: MIT */
#include "registry/referrer.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void drop_json(json_t **j)
{
	json_decref(*j);
}
#define AUTO_JSON __attribute__((cleanup(drop_json)))

static struct err *get(struct registry *r, const char *rest, struct exchange_answer *a)
{
	AUTO_FREE char *url = registry_url(r, rest);
	struct exchange_request q = { .method = "GET", .url = url, .accept = MANIFEST_INDEX };

	return registry_ask(r, &q, a);
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

/* False: it is in the list. */
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
	AUTO_ANSWER struct exchange_answer own = { 0 }, before = { 0 };
	AUTO_JSON json_t *index = NULL;
	char hex[DIGEST_HEX];
	AUTO_FREE char *api = mem_printf("/referrers/sha256:%s", digest_hex(&d->subject, hex)),
		       *rest = mem_printf("/manifests/sha256-%s", hex);

	TRY(get(r, api, &own));
	if (own.status == 200)
		return NULL; /* it makes the list itself */
	TRY(get(r, rest, &before));
	if (before.status == 200)
		index = json_loadb(before.body.bytes ? before.body.bytes : "", before.body.len, 0, NULL);
	else if (before.status != 404)
		return registry_refusal(r, &before, "read what is attached to the image");
	if (!json_is_object(index)) {
		json_decref(index);
		index = json_pack("{s:i, s:s, s:[]}", "schemaVersion", 2, "mediaType", MANIFEST_INDEX,
				  "manifests");
	}
	return add(index, d) ? registry_put_json(r, rest, MANIFEST_INDEX, index,
						 "list what is attached to the image") :
			       NULL;
}
