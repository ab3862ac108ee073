/* SPDX-License-Identifier: MIT */
/* What the steps that built the apps say no image needs. To list it costs nothing; to remove it
 * file by file would at each build. */
#pragma once
#include "build/build_apps.h"
#include "build/build_context.h"

/* A layer of whiteouts, sorted: the paths in the framework's prune_file, and that file. ERR_BUILD
 * when one leads out of the bench. */
struct err *build_left_out(const struct build_context *j, const struct build_apps *apps,
			   struct tree *ret) MUST_CHECK;
