/* SPDX-License-Identifier: MIT */
/* Checks that a recipe's outputs are the same bytes whoever builds them, wherever and whenever. */
#pragma once
#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"

/* Builds the recipe into a scratch folder as usual, and once more under other circumstances
 * (reproduce_elsewhere.h). Prints a line for each output and document, what was varied, and the first
 * difference; or all of it as JSON. ERR_BUILD if a byte differs. */
struct err *reproduce(const char *recipe, bool json) MUST_CHECK;

/* Runs `PROGRAM build` of a recipe into a folder, with variables over ours (struct child); returns the report
 * in its last line. */
struct err *reproduce_build(const char *program, const char *recipe, const char *folder,
			    const char *const *set, json_t **ret) MUST_CHECK;
