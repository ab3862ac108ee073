/* SPDX-License-Identifier: MIT */
/* A plan: what a recipe becomes, before anything is built. Choosing turns a package index into a lock;
 * planning turns a lock into layers. Both are pure, so `mkbench plan` shows exactly what `mkbench build`
 * would do. */
#pragma once
#include "base/text.h"
#include "debian/index.h"
#include "recipe/lock.h"
#include "recipe/recipe.h"

/* A package that was requested by name, and the layer for it and its dependencies. */
struct plan_root {
	const char *name;
	int group; /* enum package_group */
};

/* Resolves roots (in layer order: a package that two layers need goes to the first) and fills the packages of
 * ret, whose arena owns the strings. Roots of GROUP_DISK and GROUP_BOOT come last; they add to the choices
 * for the others and never change them. archive_names[package->archive] names the suite. */
struct err *plan_choose(const struct index *ix, const struct plan_root *roots, size_t root_count,
			bool recommends, const char *const *archive_names, struct lock *ret) MUST_CHECK;

/* Moves some packages of a lock, or adds them, in the versions of fresh, which was newly chosen from ix.
 * Packages of the same sources and those that then need another version move, too; all others stay.
 * ERR_RECIPE if fresh no longer has one of them. */
struct err *plan_update(const struct index *ix, const struct lock *fresh, const char *const *names,
			size_t count, struct lock *l) MUST_CHECK;

struct plan_layer {
	/* in the lock's order; includes packages that belong to another layer as well */
	const struct lock_package **packages;
	size_t package_count;
	uint64_t download_bytes; /* of its own packages */
};

struct plan {
	struct arena arena;
	const struct recipe *recipe;
	const struct lock *lock;
	struct plan_layer layers[GROUP_COUNT]; /* only layers of packages; may be empty */
	uint64_t download_bytes;
};

/* recipe and lock must outlive the plan. */
void plan_make(const struct recipe *r, const struct lock *l, struct plan *ret);
void plan_print(const struct plan *p, struct text *out);
/* "libboost-regex needs …": the chain from a package up to what requested it. ERR_USAGE if it is not in the
 * plan. */
struct err *plan_why(const struct plan *p, const char *package, struct text *out) MUST_CHECK;
void plan_done(struct plan *p);
