/* SPDX-License-Identifier: MIT */
/* Writes NAME-VERSION.SHA256SUMS beside the outputs, one line a file (a layout: each of its files), for
 * sha256sum --check. */
#pragma once
#include "image/image.h"
#include "recipe/recipe.h"

/* The digest of a file's bytes. */
struct err *build_sums_file(const char *path, struct digest *ret) MUST_CHECK;
/* results: one for each output; names: the other files in the folder. */
struct err *build_sums(const struct recipe *r, const char *folder, const struct image_result *results,
		       const char *const *names, size_t name_count) MUST_CHECK;
