/* SPDX-License-Identifier: MIT */
/* Decides who may change the apps and their environment at run time. */
#pragma once
#include "recipe/recipe.h"
#include "tree/tree.h"

/* In production, files that the build made below bench ("home/frappe/frappe-bench") become root's: the bench
 * user reads them through its group and cannot write them. In development, and for a site in developer mode,
 * which writes its apps' source, the bench user keeps them all. */
void build_owner(const struct recipe *r, const char *bench, struct tree *t);
