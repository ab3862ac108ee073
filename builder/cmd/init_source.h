/* SPDX-License-Identifier: MIT */
/* What the sources of a draft's apps say of themselves. */
#pragma once
#include "base/err.h"
#include "recipe/draft.h"

/* Fetches each app that comes from git and names it after the Python package that it declares (PACKAGE/hooks.py); the one that is
 * a framework (PACKAGE/utils/bench_helper.py, too) becomes the first. What cannot be had keeps its name, and a note on
 * standard error says so. ret_framework: whether there is a framework, true as well where an app could not be looked at. */
struct err *init_source_names(struct draft *d, bool *ret_framework) MUST_CHECK;
