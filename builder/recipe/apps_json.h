/* SPDX-License-Identifier: MIT */
/* The list of apps that other tools for benches take: [{"url": "https://host/org/app", "branch":
 * "version-15"}, …], JSON (RFC 8259) with these two keys. An app without a branch gets no ref: whoever
 * asks its repository fills it in. */
#pragma once
#include "recipe/draft.h"

#define APPS_JSON_LIMIT (1u << 20)

/* Adds the apps to d, or problems to p, each where it is written; never both. bytes
 * end with a NUL beyond len. */
void apps_json_read(const char *bytes, size_t len, struct draft *d, struct problems *p);
