/* SPDX-License-Identifier: MIT */
/* Who may change the apps and their environment at run time. */
#pragma once
#include "recipe/recipe.h"
#include "tree/tree.h"

/* In production what the build made below bench ("home/frappe/frappe-bench") becomes root's: the bench user
 * reads it through his group and cannot write it. A site in developer mode writes its apps' source, and in
 * development everything is the bench user's: then nothing changes. */
void build_owner(const struct recipe *r, const char *bench, struct tree *t);
