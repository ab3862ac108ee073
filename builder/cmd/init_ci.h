/* SPDX-License-Identifier: MIT */
/* The workflow that builds, checks, signs and pushes a recipe's image in somebody's CI: recipes/ci/
 * with the recipe's name filled in. */
#pragma once
#include "base/err.h"

#define INIT_CI_WORDS "github gitlab forgejo"

/* Writes it where that CI looks for it, below the folder one is in, never over a file.
 * ERR_USAGE when there is no such recipe. */
struct err *init_ci(const char *which, const char *recipe) MUST_CHECK;
