/* SPDX-License-Identifier: MIT */
/* Maps a JSON document to a struct by one table of its fields: names, types and defaults. The same rows read,
 * write and describe it. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

enum contract_kind {
	CONTRACT_TEXT,	  /* const char * */
	CONTRACT_NUMBER,  /* uint64_t */
	CONTRACT_COUNT,	  /* unsigned: a port, an id, seconds */
	CONTRACT_MODE,	  /* unsigned: "0755" */
	CONTRACT_FLAG,	  /* bool */
	CONTRACT_CHOICE,  /* int: the index of the word in choices */
	CONTRACT_WORDS,	  /* const char *const *, NULL-terminated, never NULL once read */
	CONTRACT_VALUES,  /* json_t *, an object of any keys; borrowed from the document when read */
	CONTRACT_SECTION, /* an object; its fields lie in the struct at offset */
	CONTRACT_ROWS,	  /* a list of objects: CONTRACT_LIST(struct) at offset */
};

enum contract_need {
	CONTRACT_REQUIRED,
	CONTRACT_OPTIONAL, /* absent or null: the default */
	CONTRACT_QUIET,	   /* ... and not written if it is 0, or an empty section or list */
};

struct contract_field {
	const char *key;
	enum contract_kind kind;
	size_t offset;
	enum contract_need need;
	const char *absent;	    /* the default; for words, separated by spaces; NULL: 0 or nothing */
	const char *const *choices; /* NULL-terminated */
	const struct contract_field *fields; /* of a section or a row */
	size_t size;			     /* of a row's struct */
	const char *meaning;		     /* one line of the reference */
};

#define CONTRACT_LIST(type)   \
	struct {              \
		type *items;  \
		size_t count; \
	}

/* Fills `ret`, a struct of that table; texts are borrowed from `root`, lists are made in the arena.
 * ERR_RECIPE names the first key that is missing or of the wrong type. Unknown keys are ignored. */
struct err *contract_read(struct arena *a, json_t *root, const struct contract_field *fields,
			  void *ret) MUST_CHECK;
/* Like contract_read, but a missing key is NULL, 0 or its default even if it is required. */
struct err *contract_read_some(struct arena *a, json_t *root, const struct contract_field *fields,
			       void *ret) MUST_CHECK;
/* The JSON document of a struct, keys in the table's order; NULL texts are omitted. The caller's to
 * release. */
json_t *contract_write(const struct contract_field *fields, const void *from);
/* Appends rows of a Markdown table: key, type, default, meaning. */
void contract_describe(const struct contract_field *fields, const char *within, struct text *ret);
