/* SPDX-License-Identifier: MIT */
/* Words of others in a report: one line stays one line, and no terminal obeys them. */
#pragma once
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/text.h"

void report_text_put(struct text *out, const char *foreign);
/* A JSON string, null of NULL; what is not UTF-8 becomes question marks. */
json_t *report_text_json(const char *foreign);
/* "sha256:…", null of a digest that is zero. */
json_t *report_text_digest(const struct digest *d);
/* Ends j: its text, keys as they were put in, a line feed after it. */
void report_text_dump(struct text *out, json_t *j);
/* A bar of at most width marks for a part of the whole; at least one mark where the part is not 0. */
void report_text_bar(struct text *out, uint64_t part, uint64_t whole, unsigned width);
