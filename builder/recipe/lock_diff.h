/* SPDX-License-Identifier: MIT */
/* Lists what changed between two locks, for people. */
#pragma once
#include "base/text.h"
#include "recipe/lock.h"

/* One line for each change: "  package   nginx 1.22.1-9 -> 1.22.1-9+deb12u1 (security)", then apps by commit,
 * their submodules, and the lines of lock files by name ("flask==3.0"). Returns how many. */
size_t lock_diff(const struct lock *old, const struct lock *now, struct text *out);
