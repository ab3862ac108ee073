/* SPDX-License-Identifier: MIT */
/* The image of a recipe, where its build has written it here. */
#pragma once
#include "build/build_context.h"
#include "report/contents.h"

bool built_image_is_recipe(const char *path); /* by its name */
struct err *built_image_open(const char *path, struct contents *ret) MUST_CHECK;
/* Opens the recipe with its lock, and NAME-VERSION.oci or .tar of this folder when it is of that
 * lock; ret_other: there is one that is not. ERR_USAGE where there is no lock. j and ret are the
 * caller's to close in any case. */
struct err *built_image(const char *recipe, struct build_context *j, struct contents *ret, bool *ret_found,
			bool *ret_other) MUST_CHECK;
