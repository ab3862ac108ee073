/* SPDX-License-Identifier: MIT */
/* The top layer: what services and recipe say, and the programs of ours that run inside. */
#pragma once
#include "build/build_context.h"

struct err *build_configuration(struct build_context *j, const char *build_id, struct tree *ret) MUST_CHECK;
/* Adds its entries to one of two trees: programs, whose bytes name no build and whose layer stays as it is
 * when an app changes, and the rest. A folder of programs is in both. */
void build_configuration_split(const struct tree *t, struct tree *programs, struct tree *rest);
