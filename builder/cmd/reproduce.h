/* SPDX-License-Identifier: MIT */
/* Whether a recipe's outputs are the same bytes wherever, whenever and by whom they are built. */
#pragma once
#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"

/* Builds it as usual into a folder for such things, and once more under other circumstances
 * (reproduce_elsewhere.h); prints a line for each output and document, what was varied, and where the first
 * difference is; or all that as JSON. ERR_BUILD when a byte differs. */
struct err *reproduce(const char *recipe, bool json) MUST_CHECK;

/* `PROGRAM build` of a recipe into a folder, with variables over ours (struct child):
 * what it reports in its last line. */
struct err *reproduce_build(const char *program, const char *recipe, const char *folder,
			    const char *const *set, json_t **ret) MUST_CHECK;
