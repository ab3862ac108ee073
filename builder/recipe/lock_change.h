/* SPDX-License-Identifier: MIT */
/* How the apps of a recipe differ from those that a lock answers. */
#pragma once
#include "recipe/lock.h"

/* One app that is asked for otherwise, is new, or is gone. Its texts are the recipe's and the lock's. */
struct lock_change {
	const char *name;
	const char *what; /* "has another ref" */
};

struct lock_change_set {
	struct lock_change *items;
	size_t count, room;
};

/* False when more than apps has changed, or their order, or the lock is of a time when none said what it
 * answers. items are the caller's to free in any case. */
bool lock_change_list(const struct lock *l, const struct recipe *r, const char *const *packages,
		      size_t package_count, struct lock_change_set *ret);
const struct lock_change *lock_change_find(const struct lock_change_set *all, const char *name); /* or NULL */
