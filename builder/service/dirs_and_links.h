/* SPDX-License-Identifier: MIT */
/* Fills in the folders and links of a bench. */
#pragma once
#include "service/service_set.h"

/* Fills the set's tables from its manifests. */
struct err *dirs_and_links_list(struct service_set *s) MUST_CHECK;
/* Why a text is not the path of a file in an image, or NULL. And whether a path is on the volume: what is
 * there is made at each start, everything else is in the image. */
const char *dirs_and_links_refused(const char *path);
bool dirs_and_links_on_volume(const char *path);
