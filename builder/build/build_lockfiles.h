/* SPDX-License-Identifier: MIT */
/* Pins: what steps of the framework chose, such as versions of Python packages. The lock keeps them, and
 * every step of the apps has them as files. Choosing needs the packages' root with the build tools, so a
 * lock is whole only after those. */
#pragma once
#include "build/build_context.h"
#include "layer/layer.h"

/* Forgets pins that are of other files than the apps have now, so that they are chosen anew, by
 * steps that find them as NAME.before and keep to them where they can. The sources are there
 * (build_context_sources). */
void build_lockfiles_forget(struct build_context *j);
/* Whether the lock lacks pins that the framework asks for. ERR_RECIPE with the place in the lock for pins
 * that nobody asks for, or whose apps' files have changed since. The sources are there. */
struct err *build_lockfiles_check(const struct build_context *j, bool *ret_missing) MUST_CHECK;
/* Lets the steps choose what is missing, over that root, and writes the lock anew. */
struct err *build_lockfiles(struct build_context *j, const struct layer_root *root) MUST_CHECK;
/* A key that is the pins' as well; the same when there are none. */
struct digest build_lockfiles_key(const struct build_context *j, const struct digest *below);
/* What steps find in places of their own: the pins and the framework's tools, laid
 * into work folders of the store. */
struct build_binds {
	struct bind items[2];
	size_t count;
};
struct err *build_lockfiles_lay(struct build_context *j, struct build_binds *ret) MUST_CHECK;
void build_lockfiles_unlay(struct build_binds *b);
