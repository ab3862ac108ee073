/* SPDX-License-Identifier: MIT */
/* What moved between two locks, for people. */
#pragma once
#include "base/text.h"
#include "recipe/lock.h"

/* A line a change: "  package   nginx 1.22.1-9 -> 1.22.1-9+deb12u1 (security)", then apps by commit, their
 * submodules, and pins by what a line names ("flask==3.0"). Returns how many. */
size_t lock_diff(const struct lock *old, const struct lock *now, struct text *out);
