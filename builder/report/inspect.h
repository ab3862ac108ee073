/* SPDX-License-Identifier: MIT */
/* What `mkbench inspect` says. */
#pragma once
#include "base/text.h"
#include "report/contents.h"

void inspect_print(const struct contents *c, struct text *out);
/* lines: the value of "lines", taken over, or NULL. */
void inspect_print_json(const struct contents *c, json_t *lines, struct text *out);
/* Who brought a file or folder. ERR_USAGE when the image has none of that name. */
struct err *inspect_why(const struct contents *c, const char *path, bool json, struct text *out) MUST_CHECK;
