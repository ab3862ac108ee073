/* SPDX-License-Identifier: MIT */
/* Pushes to the registries among a recipe's outputs. */
#pragma once
#include <jansson.h>

#include "build/build_outputs.h"

/* Pushes the first output that is an image to each of them, in the recipe's order; results: one for each
 * output written. ret_pushed, the caller's and set in any case, lists push_report's object for each registry
 * that has the image now. Stops at the first failure: ERR_FETCH with one line that names the registry and how
 * to push by hand. */
struct err *push_outputs(const struct build_context *j, const struct image_result *results,
			 json_t **ret_pushed) MUST_CHECK;
