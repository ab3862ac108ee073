/* SPDX-License-Identifier: MIT */
#include "cmd/reproduce_images.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "store/store.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* The path of the first container image, or NULL. */
static const char *find_image(const json_t *report)
{
	const json_t *outputs = json_object_get(report, "outputs");

	for (size_t i = 0; i < json_array_size(outputs); i++)
		if (json_object_get(json_array_get(outputs, i), "digest"))
			return text_of(json_array_get(outputs, i), "path");
	return NULL;
}

static struct err *take_layer(const json_t *row, struct image_source *ret)
{
	struct image_source_layer *layer = &ret->layers[ret->layer_count];
	const char *digest = text_of(row, "digest");

	if (!text_starts(digest, "sha256:") || !digest_parse(digest + strlen("sha256:"), &layer->digest))
		return err_new(ERR_SYSTEM, "a build reports a layer without a digest");
	AUTO_FREE char *name = store_blob_name(&layer->digest);
	layer->member = arena_dup(&ret->arena, name, strlen(name));
	ret->layer_count++;
	return NULL;
}

/* NULL: this user's store. */
static struct err *find_store(const char *folder, char **ret)
{
	struct store *s = NULL;

	if (!folder)
		TRY(store_open(NULL, &s));
	*ret = mem_dup(s ? store_path(s) : folder);
	store_close(s);
	return NULL;
}

static struct err *take_layers(const json_t *report, const char *folder, struct image_source *ret)
{
	const json_t *rows = json_object_get(report, "layers");
	json_t *history = json_array();

	ret->folder = true;
	ret->config = json_pack("{s:o}", "history", history);
	ret->layers = arena_new(&ret->arena, (json_array_size(rows) + 1) * sizeof *ret->layers);
	TRY(find_store(folder, &ret->path));
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		json_array_append_new(history, json_pack("{s:s}", "created_by", text_of(row, "layer")));
		TRY(take_layer(row, ret));
	}
	return NULL;
}

static struct err *open_one(const json_t *report, const char *store, struct contents *ret)
{
	struct image_source layers = { 0 };
	const char *image = find_image(report);

	if (image)
		return contents_open(image, NULL, ret);
	struct err *e = take_layers(report, store, &layers);
	if (!e)
		return contents_take(&layers, NULL, ret);
	image_source_close(&layers);
	return e;
}

struct err *reproduce_images(const json_t *first, const json_t *second, const char *other_store,
			     struct contents *ret_first, struct contents *ret_second)
{
	TRY(open_one(first, NULL, ret_first));
	return open_one(second, other_store, ret_second);
}
