/* SPDX-License-Identifier: MIT */
/* The host names that an image says its sites have. */
#pragma once
#include <jansson.h>

#include "base/err.h"

/* What people are shown, and may paste, is a host name. ERR_BUILD when a site has none, or another thing in its place; path is the
 * image's. Before all that reads the sites. */
struct err *host_names_check(const json_t *bench, const char *path) MUST_CHECK;
