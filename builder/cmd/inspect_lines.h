/* SPDX-License-Identifier: MIT */
/* Which line of a recipe brings how much of its image. */
#pragma once
#include <jansson.h>

#include "build/build_context.h"
#include "report/contents.h"

/* The lines, the largest first: "line" (0: the recipe does not write it), "key" ("apps/0"), "text" (the line,
 * or null), "size_bytes", and "largest": names of up to three packages or apps. What several lines ask for
 * counts for the one that the lock has as its reason. */
struct err *inspect_lines(const struct build_context *j, const struct contents *c, json_t **ret) MUST_CHECK;
/* The same for a person. */
void inspect_lines_print(const char *recipe, const json_t *lines, struct text *out);
