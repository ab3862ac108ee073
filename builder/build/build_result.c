/* SPDX-License-Identifier: MIT */
#include "build/build_result.h"

#include <jansson.h>
#include <stdio.h>

#include "base/mem.h"
#include "build/build_outputs.h"

const struct digest *build_result_digest(int output, const struct image_result *result)
{
	return output == OUTPUT_OCI ? &result->manifest : &result->config;
}

static json_t *name_of(const struct digest *d)
{
	char hex[DIGEST_HEX];

	return json_sprintf("sha256:%s", digest_hex(d, hex));
}

static json_t *layer_list(const struct build_layers *layers)
{
	json_t *list = json_array();

	for (size_t i = 0; i < layers->count; i++) {
		const struct layer_blob *b = &layers->items[i].blob;
		json_array_append_new(list, json_pack("{s:s, s:o, s:I, s:I}", "layer", layers->items[i].name,
						      "digest", name_of(&b->digest), "size_bytes",
						      (json_int_t)b->size_bytes, "unpacked_bytes",
						      (json_int_t)b->unpacked_bytes));
	}
	return list;
}

static json_t *output_list(const struct build_context *j, const struct image_result *results)
{
	const int *outputs = j->recipe.outputs.items;
	json_t *list = json_array();

	for (size_t i = 0; i < j->recipe.outputs.count; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:o, s:b}", "output",
						      output_words[outputs[i]], "path", results[i].path,
						      "size_bytes", (json_int_t)results[i].size_bytes,
						      output_rows[outputs[i]].is_disk ? "inputs" : "digest",
						      name_of(build_result_digest(outputs[i], &results[i])),
						      "unchanged", (int)results[i].unchanged));
	return list;
}

struct err *build_result_print(const struct build_context *j, const struct build_layers *layers,
			       const struct image_result *results, const json_t *pushed)
{
	json_t *all = json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "event", "result", "name", j->recipe.name,
				"version", j->recipe.version, "tree", name_of(&layers->tree), "layers",
				layer_list(layers), "outputs", output_list(j, results));
	if (j->recipe.registries.count && pushed)
		json_object_set(all, "pushed", (json_t *)pushed);
	AUTO_FREE char *line = all ? json_dumps(all, JSON_COMPACT) : NULL;

	json_decref(all);
	if (!line)
		return err_new(ERR_USAGE,
			       "the build succeeded, but its report cannot be JSON: a path is not UTF-8");
	puts(line);
	return NULL;
}
