/* SPDX-License-Identifier: MIT */
/* Reports what a push did, for programs and for people. */
#pragma once
#include <jansson.h>

#include "registry/push.h"

/* One object; builder/README.md lists the keys. */
json_t *push_report(const struct push *p, const struct push_result *result);
/* "HOST/NAME:TAG@DIGEST" from such an object, with "unchanged" if so; the caller's to free. */
char *push_report_line(const json_t *report);
