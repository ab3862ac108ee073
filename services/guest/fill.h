/* SPDX-License-Identifier: MIT */
/* Replaces {words} in the commands and configuration of a framework. */
#pragma once
#include <jansson.h>
#include <stddef.h>

struct fill_word {
	const char *word, *value; /* value NULL: left as it stands */
};

/* Replaces each {word} that is in the list; other braces stay. The caller's. */
char *fill_text(const char *text, const struct fill_word *words, size_t count);
/* A NULL-terminated list and its strings in one: fill_free ends it. */
char **fill_list(const char *const *list, const struct fill_word *words, size_t count);
void fill_free(char **list);
/* A deep copy with every string filled; keys stay. */
json_t *fill_json(json_t *value, const struct fill_word *words, size_t count);
