/* SPDX-License-Identifier: MIT */
/* Provides the recipe's values as template variables; services/README.md lists the names. */
#pragma once
#include "service/service_set.h"

/* Fills the set's scopes from its recipe. */
void recipe_variables_of_recipe(struct service_set *s);
/* Then adds the manifests' own `variables`, as NAME.key (framework.key for the framework). */
struct err *recipe_variables_of_manifests(struct service_set *s) MUST_CHECK;
