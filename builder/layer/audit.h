/* SPDX-License-Identifier: MIT */
/* The audit: the last check of what is about to become an image. */
#pragma once
#include "base/progress.h"
#include "recipe/recipe.h"
#include "service/audit_rules.h"
#include "store/store.h"
#include "tree/tree.h"

struct audit {
	struct store *store;
	struct progress *progress; /* receives warnings, or NULL */
	const struct audit_rules *rules;
	const struct recipe *recipe; /* the recipe whose audit.allow applies, or NULL */
};

/* ERR_BUILD names every file of a tree that may not be in an image, with the line, the kind of secret and the
 * file's SHA-256, never the value. what is the layer's name; clean files are remembered under it and only
 * others are read. */
struct err *audit_tree(const struct audit *a, const struct tree *t, const char *what) MUST_CHECK;
