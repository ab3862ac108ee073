/* SPDX-License-Identifier: MIT */
/* Fills in templates: {{name}} is replaced, {{#name}}…{{/name}} stays if the name's text is not empty,
 * {{^name}}…{{/name}} if it is empty. A line with only such a mark is removed. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "schema/schema.h"
#include "template/variables.h"

/* Where texts were written, so that errors can point there. */
struct source {
	const char *path;	   /* as shown to people: "services/redis/redis.conf" */
	const struct node *root;   /* of a YAML file: its scalars are the texts; NULL: the text is the file */
	const struct source *base; /* the file that this one is like, or NULL */
};

/* ret is in the arena. ERR_RECIPE, "file:line:col: …", for an unknown name or an unclosed mark. */
struct err *template_text(struct arena *a, const struct variables *s, const struct source *from,
			  const char *text, const char **ret) MUST_CHECK;
/* Turns a list of texts into a NULL-terminated vector in the arena. */
struct err *template_list(struct arena *a, const struct variables *s, const struct source *from,
			  const struct list *texts, const char *const **ret) MUST_CHECK;
/* An error in the form of template_text's, for a problem with a filled-in text. */
struct err *template_refuse(const struct source *from, const char *text, const char *fmt, ...) MUST_CHECK
	PRINTF(3, 4);
