/* SPDX-License-Identifier: MIT */
/* Control stanzas (deb822(5)): fields with continuation lines, blank lines between. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"

struct slice {
	const char *at; /* not NUL-terminated */
	size_t len;
};

/* A walk over the stanzas of a text that stays the caller's. */
struct control {
	const char *at, *end;
};

/* Moves to the next stanza: false at the end. ret spans it without the blank
 * line and the newline before that. */
bool control_next(struct control *c, struct slice *ret_stanza);
/* Takes the first field off rest: false at the end. The value keeps its
 * continuation lines, outer blanks cut. A line that is no field comes with an
 * empty name and itself as value. */
bool control_field(struct slice *rest, struct slice *ret_name, struct slice *ret_value);
/* The value of one field (names compare without case); at is NULL when absent. */
struct slice control_get(struct slice stanza, const char *name);
/* Takes the next word off text: false when only blanks are left. */
bool control_word(struct slice *text, struct slice *ret_word);
bool control_is(struct slice s, const char *word); /* the same bytes, case included */

/* What fields are made of: the whole of s, or false. */
bool control_number(struct slice s, uint64_t *ret); /* decimal digits only */
bool control_sha256(struct slice s, struct digest *ret);
/* Whether a path stays below where it is put: relative, no "..", no blanks or controls. */
bool control_is_path(struct slice s);
