/* SPDX-License-Identifier: MIT */
/* Finds the first path at which two images that should be equal differ, and what each has there. */
#pragma once
#include <jansson.h>

#include "report/contents.h"

/* The first in the order of paths; times count. If no path differs, the first setting or layer. The result is
 * an object: "path", "setting" or "layer"; "first" and "second": one line each that describes it there. With
 * "path" also "at": the position in the files' bytes, omitted if the bytes are equal; and "also": up to a
 * hundred later paths that differ, too. NULL: nothing differs. */
struct err *first_difference(const struct contents *a, const struct contents *b, json_t **ret) MUST_CHECK;
/* Adds to ret, a difference without "path", the "at" of two files that are there. */
struct err *first_difference_bytes(const char *a, const char *b, json_t *ret) MUST_CHECK;
