/* SPDX-License-Identifier: MIT */
/* Finds the image that a recipe's build has written here. */
#pragma once
#include "build/build_context.h"
#include "report/contents.h"

bool built_image_is_recipe(const char *path); /* by its name */
struct err *built_image_open(const char *path, struct contents *ret) MUST_CHECK;
/* Opens the recipe with its lock, and NAME-VERSION.oci or .tar in the current folder if it was built from
 * that lock. ret_other: one exists that was not. ERR_USAGE if there is no lock. The caller closes j and ret
 * in any case. */
struct err *built_image(const char *recipe, struct build_context *j, struct contents *ret, bool *ret_found,
			bool *ret_other) MUST_CHECK;
