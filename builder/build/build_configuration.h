/* SPDX-License-Identifier: MIT */
/* The top layer: what services and recipe say, and the programs of ours that run inside. */
#pragma once
#include "build/build_context.h"

/* Whether an entry is of those programs, whose bytes name no build: they have a layer of their own, which stays as it is when an app changes. */
bool build_configuration_is_program(const struct entry *e);
struct err *build_configuration(struct build_context *j, const char *build_id, struct tree *ret) MUST_CHECK;
