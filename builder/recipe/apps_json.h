/* SPDX-License-Identifier: MIT */
/* Reads an apps.json, the list of apps that other bench tools use: [{"url": "https://host/org/app", "branch":
 * "version-15"}, …], JSON (RFC 8259) with these two keys. An app without a branch gets no ref: the caller
 * fills it in from its repository. */
#pragma once
#include "recipe/draft.h"

#define APPS_JSON_LIMIT (1u << 20)

/* Adds the apps to d, or problems with their positions to p; never both. bytes ends with a NUL beyond len. */
void apps_json_read(const char *bytes, size_t len, struct draft *d, struct problems *p);
