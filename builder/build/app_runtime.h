/* SPDX-License-Identifier: MIT */
/* Checks that the image will have the Python and Node versions that apps require. */
#pragma once
#include "build/build_context.h"

/* ERR_RECIPE with the recipe's line for the first app whose requires-python (pyproject.toml) or engines.node
 * (package.json) is not met by the chosen packages: it says what the app wants, what the image has and what
 * to write. The sources and the lock's packages must be there. */
struct err *app_runtime(const struct build_context *j) MUST_CHECK;
