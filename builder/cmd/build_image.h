/* From poured layers to the outputs a recipe asks for. */
#pragma once
#include "cmd/job.h"
#include "image/image.h"

/* Writes each output below folder; ret has room for one result an output of the recipe. */
struct err *build_image(struct job *j, const struct image_layer *layers, size_t count, const char *build_id,
			const char *folder, struct image_result *ret) MUST_CHECK;
