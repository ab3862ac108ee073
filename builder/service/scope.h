/* SPDX-License-Identifier: MIT */
/* Names with texts, looked up innermost first: what {{name}} stands for. */
#pragma once
#include <stddef.h>

#include "base/arena.h"

struct variable {
	const char *name, *text;
};

struct scope {
	struct arena *arena;      /* owns names and texts */
	const struct scope *outer; /* or NULL */
	struct variable *items;   /* freed by scope_done */
	size_t count, room;
};

/* A later text of a name hides an earlier one. */
void scope_set(struct scope *s, const char *name, const char *text);
void scope_format(struct scope *s, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
const char *scope_get(const struct scope *s, const char *name, size_t name_len); /* NULL: unknown */
/* The known name nearest to a mistyped one, or NULL. */
const char *scope_nearest(const struct scope *s, const char *name);
void scope_done(struct scope *s);
