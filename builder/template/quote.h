/* SPDX-License-Identifier: MIT */
/* Quotes words for a shell and for supervisor. */
#pragma once
#include "base/err.h"
#include "base/text.h"

/* For sh, and for programs that split a line like sh: words separated by spaces, quoted where needed. */
void quote_shell_words(struct text *out, const char *const *words);
/* The words of a supervisor command: as for sh, with % doubled. ERR_RECIPE if supervisor cannot express a
 * word, because it holds a line break or starts a comment. */
struct err *quote_supervisor_words(struct text *out, const char *const *words) MUST_CHECK;
/* KEY="value",KEY="value", with % doubled. ERR_RECIPE if a value holds both kinds of quotes, or as above. */
struct err *quote_supervisor_env(struct text *out, const char *const *env) MUST_CHECK;
