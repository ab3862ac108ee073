/* SPDX-License-Identifier: MIT */
/* Prints differences as text, as Markdown for a merge request, or as JSON. */
#pragma once
#include "base/text.h"
#include "report/diff.h"

enum diff_form { DIFF_TEXT, DIFF_MARKDOWN, DIFF_JSON };

void diff_print(const struct diff *d, enum diff_form form, struct text *out);
