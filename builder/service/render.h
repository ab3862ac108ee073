/* The configuration layer: everything of an image that no package brings and no step makes. */
#pragma once
#include "service/set.h"

/* Adds to ret, which is left sorted. Times are 0. */
struct err *render_tree(const struct service_set *s, const char *build_id, struct tree *ret) MUST_CHECK;
