/* SPDX-License-Identifier: MIT */
/* Formats untrusted text for a report: it stays on one line, and no terminal can obey it. */
#pragma once
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/text.h"

void report_text_put(struct text *out, const char *foreign);
/* A JSON string, or null for NULL; bytes that are not UTF-8 become question marks. */
json_t *report_text_json(const char *foreign);
/* "sha256:…", or null for a zero digest. */
json_t *report_text_digest(const struct digest *d);
/* Appends the JSON text of j, keys in their order, and a line feed; frees j. */
void report_text_dump(struct text *out, json_t *j);
/* A bar of at most width marks that shows a share; at least one mark if part is not 0. */
void report_text_bar(struct text *out, uint64_t part, uint64_t whole, unsigned width);
