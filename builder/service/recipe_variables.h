/* SPDX-License-Identifier: MIT */
/* The recipe's values as variables: the names are listed in services/README.md. */
#pragma once
#include "service/service_set.h"

/* Fills the set's scopes from its recipe. */
void recipe_variables_of_recipe(struct service_set *s);
/* Then adds what the manifests' own `variables` say, as NAME.key (framework.key for the framework). */
struct err *recipe_variables_of_manifests(struct service_set *s) MUST_CHECK;
