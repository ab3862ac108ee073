/* SPDX-License-Identifier: MIT */
/* The last look at what is about to become an image. */
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
	const struct recipe *recipe; /* whose audit.allow counts, or NULL */
};

/* ERR_BUILD that names every file of a tree that may not be in an image, with its line, the kind of what it
 * holds and its SHA-256, never the value. what is the layer's name, under which files that are fine are
 * remembered: only others are read. */
struct err *audit_tree(const struct audit *a, const struct tree *t, const char *what) MUST_CHECK;
