/* SPDX-License-Identifier: MIT */
/* What a start of one image on the volume of another would do, known by both images alone. */
#pragma once
#include <jansson.h>

#include "base/text.h"
#include "report/contents.h"

/* ERR_USAGE when one is no image of a bench of ours. ret is the caller's, as
 * builder/README.md describes it. */
struct err *upgrade_plan_of(const struct contents *old, const struct contents *new, json_t **ret) MUST_CHECK;
void upgrade_plan_print(const json_t *plan, struct text *out); /* for a person */
