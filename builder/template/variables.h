/* SPDX-License-Identifier: MIT */
/* Template variables: names with texts, looked up from the innermost scope out. */
#pragma once
#include <stddef.h>

#include "base/arena.h"

struct variable {
	const char *name, *text;
};

struct variables {
	struct arena *arena;	       /* owns names and texts */
	const struct variables *outer; /* or NULL */
	struct variable *items;	       /* freed by variables_done */
	size_t count, room;
};

/* A later text for a name hides an earlier one. */
void variables_set(struct variables *s, const char *name, const char *text);
void variables_format(struct variables *s, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
const char *variables_get(const struct variables *s, const char *name, size_t name_len); /* NULL: unknown */
/* The known name nearest to a mistyped one, or NULL. */
const char *variables_nearest(const struct variables *s, const char *name);
void variables_done(struct variables *s);
