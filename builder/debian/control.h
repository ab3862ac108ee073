/* Control stanzas (deb822(5)): fields with continuation lines, blank lines between. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct slice {
	const char *at; /* not NUL-terminated */
	size_t len;
};

/* A walk over the stanzas of a text that stays the caller's. */
struct control {
	const char *at, *end;
};

/* Moves to the next stanza: false at the end. ret spans it without its blank line. */
bool control_next(struct control *c, struct slice *ret_stanza);
/* Walks a stanza's fields: value keeps its continuation lines, outer blanks cut. */
bool control_field(struct slice *rest, struct slice *ret_name, struct slice *ret_value);
/* The value of one field (names compare without case); at is NULL when absent. */
struct slice control_get(struct slice stanza, const char *name);
bool control_is(struct slice s, const char *word);
