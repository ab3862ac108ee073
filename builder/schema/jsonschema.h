/* SPDX-License-Identifier: MIT */
/* Writes a schema as JSON Schema (draft 2020-12), which editors use to complete and check. It accepts every
 * document that the schema accepts; rules that it cannot express are checked only by schema_read. */
#pragma once
#include "schema/schema.h"

char *jsonschema_text(const struct field *fields, const char *title); /* the caller's to free */
