/* SPDX-License-Identifier: MIT */
/* Writes all bytes that a lock refers to into a folder. */
#pragma once
#include "base/err.h"
#include "base/progress.h"

/* Builds the recipe from its lock in an empty store, so that every step fetches what it needs, and writes
 * everything that was fetched: packages, sources from git and archives, downloads of package managers. After
 * `mkbench store import` of that folder, a machine without a network builds the same. */
struct err *vendor(const char *recipe, const char *folder, enum progress_style style) MUST_CHECK;
