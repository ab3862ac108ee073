/* SPDX-License-Identifier: MIT */
/* The configuration layer: everything of an image that no package brings and no step makes. */
#pragma once
#include "service/service_set.h"

/* Adds to ret, which is left sorted. Times are 0. */
/* The files and links of the manifests that only a disk has. */
struct err *render_disk(const struct service_set *s, struct tree *ret) MUST_CHECK;
struct err *render_tree(const struct service_set *s, const char *build_id, struct tree *ret) MUST_CHECK;
