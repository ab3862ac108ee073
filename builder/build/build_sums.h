/* SPDX-License-Identifier: MIT */
/* NAME-VERSION.SHA256SUMS beside the outputs: a line a file, of a layout each of its files, as
 * sha256sum --check takes them there. */
#pragma once
#include "image/image.h"
#include "recipe/recipe.h"

/* The digest of a file's bytes. */
struct err *build_sums_file(const char *path, struct digest *ret) MUST_CHECK;
/* results: one an output; names: what else lies in the folder. */
struct err *build_sums(const struct recipe *r, const char *folder, const struct image_result *results,
		       const char *const *names, size_t name_count) MUST_CHECK;
