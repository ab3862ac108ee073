/* SPDX-License-Identifier: MIT */
/* Lock files that the framework's steps make, such as versions of Python packages. The lock keeps them, and
 * every app step gets them as files. Making them needs the packages' root with the build tools, so a lock is
 * complete only after that. */
#pragma once
#include "build/build_context.h"
#include "layer/layer.h"

/* Forgets lock files whose inputs have changed in the apps, so that they are made again. The steps find
 * the old ones as NAME.before and keep to them where they can. The sources must be there
 * (build_context_sources). */
void build_lockfiles_forget(struct build_context *j);
/* Whether the lock lacks lock files that the framework asks for. ERR_RECIPE with the place in the lock for
 * one that nothing asks for, or whose apps' files have changed since; in a lock that is a build's own it is
 * forgotten. The sources must be there. */
struct err *build_lockfiles_check(struct build_context *j, bool *ret_missing) MUST_CHECK;
/* Runs the steps that make missing lock files over that root, and writes the lock. */
struct err *build_lockfiles(struct build_context *j, const struct layer_root *root) MUST_CHECK;
/* Extends a key by the lock files; the key is unchanged if there are none. */
struct digest build_lockfiles_key(const struct build_context *j, const struct digest *below);
/* What steps find mounted: the lock files and the framework's tools, in work folders of the store. */
struct build_binds {
	struct bind items[2];
	size_t count;
};
struct err *build_lockfiles_lay(struct build_context *j, struct build_binds *ret) MUST_CHECK;
void build_lockfiles_unlay(struct build_binds *b);
