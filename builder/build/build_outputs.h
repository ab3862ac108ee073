/* SPDX-License-Identifier: MIT */
/* Writes the outputs that a recipe asks for from finished layers. */
#pragma once
#include "build/build_layers.h"
#include "build/build_context.h"
#include "image/image.h"

/* Writes each output below folder; ret has one result for each output of the recipe. */
struct err *build_outputs(struct build_context *j, struct build_layers *layers, const char *folder,
			  struct image_result *ret) MUST_CHECK;
/* Fails if nothing can be written in that folder, or if it is missing and cannot be made. Leaves nothing
 * behind. */
struct err *build_outputs_try(const char *folder) MUST_CHECK;
