/* SPDX-License-Identifier: MIT */
/* A growing string, and small helpers for text. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* A byte string under construction. bytes is NUL-terminated once anything was added. Start with `struct text
 * t = { 0 };`, end with text_done. */
struct text {
	char *bytes;
	size_t len, room;
};

void text_add(struct text *t, const char *bytes, size_t len);
void text_put(struct text *t, const char *word);
void text_printf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *text_take(struct text *t); /* the bytes, never NULL; t is empty again */
void text_done(struct text *t);
#define AUTO_TEXT __attribute__((cleanup(text_done)))

/* The word quoted for a shell where it needs that; the caller's to free. */
char *text_shell(const char *word);

bool text_starts(const char *text, const char *head);
bool text_ends(const char *text, const char *tail);

/* The candidate nearest to word by edit distance; NULL if none is close enough to be what a person meant. */
const char *text_nearest(const char *word, const char *const *candidates, size_t count);

/* What breaks lines in it becomes a question mark; text is returned. A name of a file may hold it. */
char *text_line(char *text);

/* The plural ending for that number: "" or "s". */
const char *text_plural(size_t count);

/* A size for people, such as "12.3 MB" (decimal units); buf holds 16 bytes. */
const char *text_size(double size_bytes, char buf[static 16]);
