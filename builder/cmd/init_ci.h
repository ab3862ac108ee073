/* SPDX-License-Identifier: MIT */
/* Writes a CI workflow that builds, checks, signs and pushes a recipe's image: recipes/ci/ with the recipe's
 * name filled in. */
#pragma once
#include "base/err.h"

#define INIT_CI_WORDS "github gitlab forgejo"

/* Writes it where that CI system looks for it, below the current folder, never over an existing file.
 * ERR_USAGE if there is no such recipe. */
struct err *init_ci(const char *which, const char *recipe) MUST_CHECK;
