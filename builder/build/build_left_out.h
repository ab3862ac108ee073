/* SPDX-License-Identifier: MIT */
/* Files that the apps' build steps mark as not needed in an image. Listing them costs nothing; removing them
 * one by one would cost time at each build. */
#pragma once
#include "build/build_apps.h"
#include "build/build_context.h"

/* A sorted layer of whiteouts: the paths listed in the framework's prune_file, and that file itself.
 * ERR_BUILD if a path leads out of the bench. */
struct err *build_left_out(const struct build_context *j, const struct build_apps *apps,
			   struct tree *ret) MUST_CHECK;
