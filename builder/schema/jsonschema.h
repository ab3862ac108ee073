/* SPDX-License-Identifier: MIT */
/* A schema as JSON Schema (draft 2020-12), from which editors complete and check.
 * It accepts every document the schema does; what it cannot say, only schema_read refuses. */
#pragma once
#include "schema/schema.h"

char *jsonschema_text(const struct field *fields, const char *title); /* the caller's to free */
