/* SPDX-License-Identifier: MIT */
/* Prints what a build made as JSON, for programs; builder/README.md lists the keys. */
#pragma once
#include <jansson.h>

#include "build/build_layers.h"
#include "build/build_context.h"
#include "image/image.h"

/* Prints one line of JSON on standard output. results: one for each output of the recipe. pushed: a list, or
 * NULL if the recipe names no registry or none was pushed to. ERR_USAGE if a path is not UTF-8. */
struct err *build_result_print(const struct build_context *j, const struct build_layers *layers,
			       const struct image_result *results, const json_t *pushed) MUST_CHECK;
/* The digest that names an output. For a container its manifest or image id; for a disk the digest of its
 * inputs, because hashing gigabytes of holes takes too long. */
const struct digest *build_result_digest(int output, const struct image_result *result);
