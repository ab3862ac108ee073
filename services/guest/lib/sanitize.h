/* SPDX-License-Identifier: MIT */
#pragma once
#include <jansson.h>

/* Words of others as one line, fit to be shown (base/utf8.h). */
json_t *sanitize_json(const char *text);
