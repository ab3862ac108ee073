/* SPDX-License-Identifier: MIT */
/* Parses control stanzas (deb822(5)): fields with continuation lines, separated by blank lines. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"

struct slice {
	const char *at; /* not NUL-terminated */
	size_t len;
};

/* Iterates over the stanzas of a text that the caller owns. */
struct control {
	const char *at, *end;
};

/* Moves to the next stanza; false at the end. ret spans it without the blank line and the newline before
 * that. */
bool control_next(struct control *c, struct slice *ret_stanza);
/* Takes the first field off rest; false at the end. The value keeps its continuation lines; surrounding
 * blanks are cut. A line that is not a field has an empty name and itself as value. */
bool control_field(struct slice *rest, struct slice *ret_name, struct slice *ret_value);
/* The value of one field (names are case-insensitive); at is NULL if it is absent. */
struct slice control_get(struct slice stanza, const char *name);
/* Takes the next word off text; false if only blanks are left. */
bool control_word(struct slice *text, struct slice *ret_word);
bool control_is(struct slice s, const char *word); /* the same bytes; case-sensitive */

/* Parses decimal digits only, the whole of s; else false. */
bool control_number(struct slice s, uint64_t *ret); /* decimal digits only */
bool control_sha256(struct slice s, struct digest *ret);
/* Whether a path stays below its base: relative, no "..", no blanks or control characters. */
bool control_is_path(struct slice s);
