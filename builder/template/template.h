/* SPDX-License-Identifier: MIT */
/* Texts with holes: {{name}} is replaced, {{#name}}…{{/name}} stays when the name's text is
 * not empty, {{^name}}…{{/name}} when it is. A line with nothing but such a mark goes. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "schema/schema.h"
#include "template/variables.h"

/* Where texts were written, so that an error can point at them. */
struct source {
	const char *path;	   /* as a person would name it: "services/redis/redis.conf" */
	const struct node *root;   /* of a YAML file: its scalars are the texts; NULL: the text is the file */
	const struct source *base; /* the file that this one is like, or NULL */
};

/* ret is in the arena. ERR_RECIPE, "file:line:col: …", for an unknown name or a mark without its end. */
struct err *template_text(struct arena *a, const struct variables *s, const struct source *from,
			  const char *text, const char **ret) MUST_CHECK;
/* A list of texts becomes a NULL-terminated vector in the arena. */
struct err *template_list(struct arena *a, const struct variables *s, const struct source *from,
			  const struct list *texts, const char *const **ret) MUST_CHECK;
/* The same fault as template_text would report, for what is wrong with a text that was filled in. */
struct err *template_refuse(const struct source *from, const char *text, const char *fmt, ...) MUST_CHECK
	PRINTF(3, 4);
