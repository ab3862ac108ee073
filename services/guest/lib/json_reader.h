/* SPDX-License-Identifier: MIT */
/* Checked access to a JSON document: the first thing that is missing or of the wrong
 * type is kept in failed, and everything after it reads as empty. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct json_reader {
	struct arena *arena; /* lists of words are made in it */
	struct err *failed;
};

void json_reader_fail(struct json_reader *r, struct err *e); /* NULL is fine; a second failure is dropped */
json_t *json_reader_object(struct json_reader *r, json_t *in, const char *key);
json_t *json_reader_list(struct json_reader *r, json_t *in, const char *key); /* of objects; absent is an empty one */
const char *json_reader_text(struct json_reader *r, json_t *in, const char *key);
const char *json_reader_text_or(struct json_reader *r, json_t *in, const char *key, const char *absent); /* null is absent */
uint64_t json_reader_number(struct json_reader *r, json_t *in, const char *key, uint64_t absent);
/* A NULL-terminated list of strings; must hold one, unless optional. */
const char *const *json_reader_words(struct json_reader *r, json_t *in, const char *key, bool optional);
/* The place of a word in a NULL-terminated list. */
int json_reader_choice(struct json_reader *r, json_t *in, const char *key, const char *const *words, int absent);
int json_reader_index(const char *const *words, const char *word, int absent);
