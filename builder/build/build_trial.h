/* SPDX-License-Identifier: MIT */
/* Tests the recipe's configuration with the image's own programs before anything else is built on its
 * packages. */
#pragma once
#include "build/build_context.h"
#include "layer/layer.h"

/* root: the image's packages, configured; packages_key: the key of their inputs. ERR_RECIPE with the recipe's
 * line if a program refuses a value from the recipe; ERR_BUILD if it refuses anything else. A configuration
 * that passed is not tried again. */
struct err *build_trial(struct build_context *j, const struct digest *packages_key,
			const struct layer_root *root) MUST_CHECK;
/* Finds the line of a program's output that mentions something the recipe says below section (a key or a
 * value), and where the recipe says it. False if there is none. For tests and build_trial. */
struct build_trial_blame {
	struct mark at;
	const char *word; /* the recipe's key */
	char *says;	  /* the caller's to free */
};
bool build_trial_blame(const struct node *section, const char *said, struct build_trial_blame *ret);
