/* SPDX-License-Identifier: MIT */
/* Whether the image will have the Python and the Node that apps ask for. */
#pragma once
#include "build/build_context.h"

/* ERR_RECIPE with the recipe's line for the first app whose requires-python (pyproject.toml) or engines.node
 * (package.json) the chosen packages do not meet: what it wants, what the image has, what to write. The
 * sources and the lock's packages are there. */
struct err *app_runtime(const struct build_context *j) MUST_CHECK;
