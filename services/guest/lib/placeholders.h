/* SPDX-License-Identifier: MIT */
/* Replaces {words} in the commands and configuration of a framework. */
#pragma once
#include <jansson.h>
#include <stddef.h>

struct placeholders_word {
	const char *word, *value; /* value NULL: the word stays as it is */
};

/* Replaces each {word} that is in the list; other braces stay. The caller frees the text. */
char *placeholders_text(const char *text, const struct placeholders_word *words, size_t count);
/* Returns a NULL-terminated list and its strings in one allocation: placeholders_free frees both. */
char **placeholders_list(const char *const *list, const struct placeholders_word *words, size_t count);
void placeholders_free(char **list);
/* A deep copy in which every string is filled; keys stay. */
json_t *placeholders_json(json_t *value, const struct placeholders_word *words, size_t count);
