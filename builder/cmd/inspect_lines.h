/* SPDX-License-Identifier: MIT */
/* How much of an image each line of its recipe accounts for. */
#pragma once
#include <jansson.h>

#include "build/build_context.h"
#include "report/contents.h"

/* The lines, largest first: "line" (0: not written in the recipe), "key" ("apps/0"), "text" (the line, or
 * null), "size_bytes", and "largest": names of up to three packages or apps. What several lines ask for
 * counts for the one that the lock gives as the reason. */
struct err *inspect_lines(const struct build_context *j, const struct contents *c, json_t **ret) MUST_CHECK;
/* The same as text. */
void inspect_lines_print(const char *recipe, const json_t *lines, struct text *out);
