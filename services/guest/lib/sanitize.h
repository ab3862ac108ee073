/* SPDX-License-Identifier: MIT */
/* Words of others, fit to be shown. */
#pragma once
#include <jansson.h>

/* Words of others as one line, fit to be shown (base/utf8.h). */
json_t *sanitize_json(const char *text);
