/* SPDX-License-Identifier: MIT */
/* The folders and links of a bench, with their holes filled. */
#pragma once
#include "service/service_set.h"

/* Fills the set's tables from its manifests. */
struct err *dirs_and_links_list(struct service_set *s) MUST_CHECK;
/* Whether a path lies on the volume: what is there is made at each start, everything else is in the image. */
/* Why a text is no path of a file in an image, or NULL. */
const char *dirs_and_links_refused(const char *path);
bool dirs_and_links_on_volume(const char *path);
