/* SPDX-License-Identifier: MIT */
/* What two builds of one recipe have made, as images that can be compared. */
#pragma once
#include <jansson.h>

#include "report/contents.h"

/* first and second are the results of 'mkbench build --progress=json', other_store the folder of the second
 * build's store, which may be another user's. The first container image among the outputs of each; where all
 * are disks, the layers that the disks were made of, as they lie in the stores. */
struct err *reproduce_images(const json_t *first, const json_t *second, const char *other_store,
			     struct contents *ret_first, struct contents *ret_second) MUST_CHECK;
