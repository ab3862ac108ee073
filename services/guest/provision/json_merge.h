/* SPDX-License-Identifier: MIT */
/* Merges a configuration that both the image and a person write, three ways, as version control does. */
#pragma once
#include <jansson.h>

/* image: what the image wants now; last: what it wanted at the last merge, or NULL; current: what the file
 * holds, or NULL. Each key comes from image unless a person has changed it; such keys stay, as do keys that
 * the image does not know. kept (a list, may be NULL) gets the names of keys where a person's value differs
 * from the image's. A key that the image has given up goes, unless somebody changed it. */
json_t *json_merge_settings(json_t *image, json_t *last, json_t *current, json_t *kept);
