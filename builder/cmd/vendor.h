/* SPDX-License-Identifier: MIT */
/* All bytes that a lock leads to, in a folder. */
#pragma once
#include "base/err.h"
#include "base/progress.h"

/* Builds the recipe from its lock in an empty store, so that every step gets what it needs, and writes all
 * that was fetched for it: packages, what git and archives gave, what package managers downloaded. Once
 * `mkbench store import` has taken the folder in, a machine without a network builds the same. */
struct err *vendor(const char *recipe, const char *folder, enum progress_style style) MUST_CHECK;
