/* SPDX-License-Identifier: MIT */
/* Configuration that the image and a person both write: three ways, as with source code. */
#pragma once
#include <jansson.h>

/* image: what the image wants now; last: what it wanted when it was last merged, or NULL; current: what
 * the file holds, or NULL. The result takes a key from image unless a person has set it otherwise: such
 * keys, and those that the image does not know, stay as they are. kept (a list, may be NULL) receives the
 * names of keys where a person's value stands against the image's. A key that the image has ceased to
 * want goes, if nobody changed it. */
json_t *json_merge_settings(json_t *image, json_t *last, json_t *current, json_t *kept);
