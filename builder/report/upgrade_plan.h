/* SPDX-License-Identifier: MIT */
/* Predicts what starting one image on another's volume would do, from the two images alone. */
#pragma once
#include <jansson.h>

#include "base/text.h"
#include "report/contents.h"

/* ERR_USAGE if one is not an image of a bench made by mkbench. ret is the caller's to release;
 * builder/README.md describes it. */
struct err *upgrade_plan_of(const struct contents *old, const struct contents *new, json_t **ret) MUST_CHECK;
void upgrade_plan_print(const json_t *plan, struct text *out); /* for a person */
