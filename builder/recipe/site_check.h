/* SPDX-License-Identifier: MIT */
/* Checks a recipe's sites and templates: hosts used twice, unknown apps and time zones. */
#pragma once
#include "recipe/recipe.h"

void site_check(const struct recipe *r, const struct node *root, struct problems *p);
