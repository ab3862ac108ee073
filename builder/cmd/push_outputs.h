/* SPDX-License-Identifier: MIT */
/* The registries among a recipe's outputs. */
#pragma once
#include <jansson.h>

#include "build/build_outputs.h"

/* Pushes the first output that is an image to each of them, in the recipe's order; results: one a
 * written output. ret_pushed, the caller's and set in any case, is a list of what push_report
 * says of each that has it now. Ends with the first that fails: ERR_FETCH with one line that
 * names it, and how it is pushed by hand. */
struct err *push_outputs(const struct build_context *j, const struct image_result *results,
			 json_t **ret_pushed) MUST_CHECK;
