/* SPDX-License-Identifier: MIT */
/* From poured layers to the outputs a recipe asks for. */
#pragma once
#include "build/build_layers.h"
#include "build/build_context.h"
#include "image/image.h"

/* Writes each output below folder; ret has room for one result an output of the recipe. */
struct err *build_outputs(struct build_context *j, struct build_layers *layers, const char *folder,
			  struct image_result *ret) MUST_CHECK;
/* Fails when nothing could be written in that folder, or when it is not there and
 * cannot be made. Leaves nothing. */
struct err *build_outputs_try(const char *folder) MUST_CHECK;
