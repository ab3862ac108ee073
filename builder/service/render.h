/* SPDX-License-Identifier: MIT */
/* Renders the configuration layer: everything in an image that comes from neither packages nor steps. */
#pragma once
#include "service/service_set.h"

/* Both add to ret and leave it sorted; times are 0. render_disk adds the manifests' files and links that only
 * a disk has. */
struct err *render_disk(const struct service_set *s, struct tree *ret) MUST_CHECK;
struct err *render_tree(const struct service_set *s, const char *build_id, struct tree *ret) MUST_CHECK;
