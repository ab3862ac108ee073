/* SPDX-License-Identifier: MIT */
#include "lib/placeholders.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static const struct placeholders_word *word_at(const char *brace, const struct placeholders_word *words,
					       size_t count)
{
	size_t len = strcspn(brace + 1, "{}");

	if (brace[1 + len] != '}')
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (strlen(words[i].word) == len && !memcmp(words[i].word, brace + 1, len) && words[i].value)
			return &words[i];
	return NULL;
}

char *placeholders_text(const char *text, const struct placeholders_word *words, size_t count)
{
	struct text t = { 0 };

	for (const char *at = text; *at;) {
		size_t plain = strcspn(at, "{");
		text_add(&t, at, plain);
		at += plain;
		const struct placeholders_word *w = *at ? word_at(at, words, count) : NULL;
		if (w) {
			text_put(&t, w->value);
			at += strlen(w->word) + 2;
		} else if (*at) {
			text_add(&t, at++, 1);
		}
	}
	return text_take(&t);
}

char **placeholders_list(const char *const *list, const struct placeholders_word *words, size_t count)
{
	size_t n = 0;

	while (list[n])
		n++;
	char **filled = mem_array(n + 1, sizeof *filled);
	for (size_t i = 0; i < n; i++)
		filled[i] = placeholders_text(list[i], words, count);
	return filled;
}

void placeholders_free(char **list)
{
	for (char **at = list; list && *at; at++)
		free(*at);
	free(list);
}

static json_t *fill_object(json_t *value, const struct placeholders_word *words, size_t count)
{
	json_t *copy = json_object(), *member;
	const char *key;

	json_object_foreach(value, key, member)
		json_object_set_new(copy, key, placeholders_json(member, words, count));
	return copy;
}

json_t *placeholders_json(json_t *value, const struct placeholders_word *words, size_t count)
{
	json_t *copy, *item;
	size_t i;

	if (json_is_object(value))
		return fill_object(value, words, count);
	if (json_is_array(value)) {
		copy = json_array();
		json_array_foreach(value, i, item)
			json_array_append_new(copy, placeholders_json(item, words, count));
		return copy;
	}
	if (!json_is_string(value))
		return json_deep_copy(value);
	AUTO_FREE char *text = placeholders_text(json_string_value(value), words, count);
	return json_string(text);
}
