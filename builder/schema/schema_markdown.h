/* SPDX-License-Identifier: MIT */
/* Writes a schema as Markdown, for the reference. */
#pragma once
#include "schema/schema.h"

/* One table for each map, title above the first, nested maps after it; the caller's to free. */
char *schema_markdown(const struct field *fields, const char *title);
