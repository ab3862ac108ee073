/* SPDX-License-Identifier: MIT */
/* AUTO_JSON json_t *j: a JSON value that is released at the end of its scope. */
#pragma once
#include <jansson.h>

static inline void auto_json_drop(json_t **j)
{
	json_decref(*j);
}
#define AUTO_JSON __attribute__((cleanup(auto_json_drop)))
