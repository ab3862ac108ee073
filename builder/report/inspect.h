/* SPDX-License-Identifier: MIT */
/* Generates the report of `mkbench inspect`. */
#pragma once
#include "base/text.h"
#include "report/contents.h"

void inspect_print(const struct contents *c, struct text *out);
/* lines: the value of "lines", or NULL; ownership is taken. */
void inspect_print_json(const struct contents *c, json_t *lines, struct text *out);
/* Reports which layer and package brought a file or folder. ERR_USAGE if the image has no such path. */
struct err *inspect_why(const struct contents *c, const char *path, bool json, struct text *out) MUST_CHECK;
