/* SPDX-License-Identifier: MIT */
/* Compares the apps of a recipe with those of its lock. */
#pragma once
#include "recipe/lock.h"

/* One app that changed, was added or was removed. Its texts are the recipe's and the lock's. */
struct lock_change {
	const char *name;
	const char *what; /* "has another ref" */
};

struct lock_change_set {
	struct lock_change *items;
	size_t count, room;
};

/* False if anything but apps has changed, if their order has, or if an old lock does not record what it was
 * made from. items are the caller's to free in any case. */
bool lock_change_list(const struct lock *l, const struct recipe *r, const char *const *packages,
		      size_t package_count, struct lock_change_set *ret);
const struct lock_change *lock_change_find(const struct lock_change_set *all, const char *name); /* or NULL */
