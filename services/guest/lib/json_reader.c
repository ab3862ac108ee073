/* SPDX-License-Identifier: MIT */
#include "lib/json_reader.h"

#include <string.h>

void json_reader_fail(struct json_reader *r, struct err *e)
{
	if (!r->failed)
		r->failed = e;
	else
		err_free(e);
}

static void want(struct json_reader *r, const char *key, const char *what)
{
	if (!r->failed)
		r->failed = err_new(ERR_RECIPE, "'%s' must be %s", key, what);
}

json_t *json_reader_object(struct json_reader *r, json_t *in, const char *key)
{
	json_t *value = json_object_get(in, key);

	if (!json_is_object(value))
		want(r, key, "an object");
	return value;
}

json_t *json_reader_list(struct json_reader *r, json_t *in, const char *key)
{
	json_t *value = json_object_get(in, key), *item;
	size_t i;

	if (value && !json_is_array(value))
		want(r, key, "a list");
	json_array_foreach(value, i, item)
		if (!json_is_object(item))
			want(r, key, "a list of objects");
	return value;
}

const char *json_reader_text(struct json_reader *r, json_t *in, const char *key)
{
	const char *text = json_reader_text_or(r, in, key, NULL);

	if (!text)
		want(r, key, "a string");
	return text ? text : "";
}

const char *json_reader_text_or(struct json_reader *r, json_t *in, const char *key, const char *absent)
{
	json_t *value = json_object_get(in, key);

	if (!value || json_is_null(value))
		return absent;
	if (!json_is_string(value))
		want(r, key, "a string");
	return json_is_string(value) ? json_string_value(value) : absent;
}

uint64_t json_reader_number(struct json_reader *r, json_t *in, const char *key, uint64_t absent)
{
	json_t *value = json_object_get(in, key);

	if (!value || json_is_null(value))
		return absent;
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		want(r, key, "a whole number");
	return (uint64_t)json_integer_value(value);
}

const char *const *json_reader_words(struct json_reader *r, json_t *in, const char *key, bool optional)
{
	json_t *value = json_object_get(in, key), *item;
	size_t i, count = json_array_size(value);
	const char **words = arena_new(r->arena, (count + 1) * sizeof *words);

	if ((!value || json_is_null(value)) && optional)
		return words;
	if (!json_is_array(value) || (!count && !optional))
		want(r, key, "a list of strings");
	json_array_foreach(value, i, item) {
		if (!json_is_string(item))
			want(r, key, "a list of strings");
		words[i] = json_is_string(item) ? json_string_value(item) : "";
	}
	return words;
}

int json_reader_index(const char *const *words, const char *word, int absent)
{
	for (int i = 0; words[i]; i++)
		if (!strcmp(words[i], word))
			return i;
	return absent;
}

int json_reader_choice(struct json_reader *r, json_t *in, const char *key, const char *const *words, int absent)
{
	const char *word = json_reader_text_or(r, in, key, NULL);
	int found = word ? json_reader_index(words, word, -1) : absent;

	if (found < 0)
		want(r, key, "one of the words README.md lists");
	return found < 0 ? 0 : found;
}
