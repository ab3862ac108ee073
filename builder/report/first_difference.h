/* SPDX-License-Identifier: MIT */
/* Two images that should be one: the first path at which they differ, and what each has there. */
#pragma once
#include <jansson.h>

#include "report/contents.h"

/* The first in the order of their paths, times counted; without any, the first setting or layer. An object
 * for a program: "path" or "setting" or "layer", "first" and "second": a line each that says what it is
 * there; with "path" also "at": where the bytes of a file part, missing when they are not what differs, and
 * "also": up to a hundred paths behind it that differ, too. NULL: nothing differs. */
struct err *first_difference(const struct contents *a, const struct contents *b, json_t **ret) MUST_CHECK;
/* Adds to ret, a difference without "path", the "at" of two files that are there. */
struct err *first_difference_bytes(const char *a, const char *b, json_t *ret) MUST_CHECK;
