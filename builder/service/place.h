/* SPDX-License-Identifier: MIT */
/* The folders and links of a bench, with their holes filled. */
#pragma once
#include "service/set.h"

/* Fills the set's tables from its manifests. */
struct err *place_list(struct service_set *s) MUST_CHECK;
/* Whether a path lies on the volume: what is there is made at each start, everything else is in the image. */
/* Why a text is no path of a file in an image, or NULL. */
const char *place_refused(const char *path);
bool place_on_volume(const char *path);
