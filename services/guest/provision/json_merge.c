/* SPDX-License-Identifier: MIT */
#include "provision/json_merge.h"

#include <stdbool.h>

json_t *json_merge_settings(json_t *image, json_t *last, json_t *current, json_t *kept)
{
	json_t *merged = json_deep_copy(image), *value;
	const char *key;

	json_object_foreach(current, key, value)
	{
		json_t *ours = json_object_get(image, key), *was = json_object_get(last, key);
		bool untouched = was && json_equal(was, value);
		if (untouched || (ours && json_equal(ours, value)))
			continue;
		json_object_set_new(merged, key, json_deep_copy(value));
		if (ours && kept)
			json_array_append_new(kept, json_string(key));
	}
	return merged;
}
