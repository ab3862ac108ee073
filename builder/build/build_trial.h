/* SPDX-License-Identifier: MIT */
/* Before anything is built on the image's packages, its own programs try the
 * configuration that the recipe gives them. */
#pragma once
#include "build/build_context.h"
#include "layer/layer.h"

/* root: of the image's packages, configured, and packages_key all that it came of. ERR_RECIPE with the
 * recipe's line when a program refuses what is written there, ERR_BUILD when it refuses anything else. What
 * passed once is not tried again. */
struct err *build_trial(struct build_context *j, const struct digest *packages_key,
			const struct layer_root *root) MUST_CHECK;
/* The line of what a program printed in which it speaks of something that the recipe says below
 * section (a key, or a value that is written), and where that is written. False when there is none.
 * For tests, and for build_trial. */
struct build_trial_blame {
	struct mark at;
	const char *word; /* of the recipe: its key */
	char *says;	  /* the caller's */
};
bool build_trial_blame(const struct node *section, const char *said, struct build_trial_blame *ret);
