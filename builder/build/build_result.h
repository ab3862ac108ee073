/* SPDX-License-Identifier: MIT */
/* What a build made, for programs: the keys are in builder/README.md. */
#pragma once
#include <jansson.h>

#include "build/build_layers.h"
#include "build/build_context.h"
#include "image/image.h"

/* One line of JSON on standard output. results: one an output of the recipe; pushed: a list, or NULL: the
 * recipe names no registry, or none was to get it. ERR_USAGE when a path is not UTF-8. */
struct err *build_result_print(const struct build_context *j, const struct build_layers *layers,
			       const struct image_result *results, const json_t *pushed) MUST_CHECK;
/* What names an output: a container's manifest or image id, which is what it holds. A disk is named by what
 * it was made from: nobody wants to hash gigabytes of holes. */
const struct digest *build_result_digest(int output, const struct image_result *result);
