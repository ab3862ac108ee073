/* SPDX-License-Identifier: MIT */
/* Makes foreign text fit to be shown. */
#pragma once
#include <jansson.h>

/* Foreign text as one line that is fit to be shown (base/utf8.h). */
json_t *sanitize_json(const char *text);
