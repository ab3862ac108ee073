/* SPDX-License-Identifier: MIT */
/* A schema as text for people and for editors. */
#pragma once
#include "schema/schema.h"

/* Markdown: a table a map, title above the first, the maps inside after it; the caller's to free. */
char *schema_markdown(const struct field *fields, const char *title);
