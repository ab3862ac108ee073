/* SPDX-License-Identifier: MIT */
/* What a push has done, for programs and for people. */
#pragma once
#include <jansson.h>

#include "registry/push.h"

/* One object: the keys are in builder/README.md. */
json_t *push_report(const struct push *p, const struct push_result *result);
/* "HOST/NAME:TAG@DIGEST" of such an object, and "unchanged" where that is so; the caller's. */
char *push_report_line(const json_t *report);
