/* SPDX-License-Identifier: MIT */
/* Checked access to a JSON document: the first thing that is missing or of the wrong
 * type is kept in failed, and everything after it reads as empty. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct reader {
	struct arena *arena; /* lists of words are made in it */
	struct err *failed;
};

void reader_fail(struct reader *r, struct err *e); /* NULL is fine; a second failure is dropped */
json_t *reader_object(struct reader *r, json_t *in, const char *key);
json_t *reader_list(struct reader *r, json_t *in, const char *key); /* of objects; absent is an empty one */
const char *reader_text(struct reader *r, json_t *in, const char *key);
const char *reader_text_or(struct reader *r, json_t *in, const char *key, const char *absent); /* null is absent */
uint64_t reader_number(struct reader *r, json_t *in, const char *key, uint64_t absent);
/* A NULL-terminated list of strings; must hold one, unless optional. */
const char *const *reader_words(struct reader *r, json_t *in, const char *key, bool optional);
/* The place of a word in a NULL-terminated list. */
int reader_choice(struct reader *r, json_t *in, const char *key, const char *const *words, int absent);
int reader_index(const char *const *words, const char *word, int absent);
