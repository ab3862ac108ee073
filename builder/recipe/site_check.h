/* SPDX-License-Identifier: MIT */
/* Of a recipe's sites and templates: hosts that two have, apps and time zones that are not there. */
#pragma once
#include "recipe/recipe.h"

void site_check(const struct recipe *r, const struct node *root, struct problems *p);
