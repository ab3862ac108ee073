/* SPDX-License-Identifier: MIT */
/* The top layer: configuration rendered from services and recipe, and mkbench's own programs for the
 * image. */
#pragma once
#include "build/build_context.h"

struct err *build_configuration(struct build_context *j, const char *build_id, struct tree *ret) MUST_CHECK;
/* Splits the entries into two trees. programs holds files whose bytes do not depend on the build, so its
 * layer stays the same when an app changes; rest holds all others. A folder of programs is in both. */
void build_configuration_split(const struct tree *t, struct tree *programs, struct tree *rest);
