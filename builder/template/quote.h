/* SPDX-License-Identifier: MIT */
/* Words as others want them written. */
#pragma once
#include "base/err.h"
#include "base/text.h"

/* For sh, and for whatever splits a line as sh does: space between words, quotes where needed. */
void quote_shell_words(struct text *out, const char *const *words);
/* The words of a supervisor command: as for sh, with % doubled. ERR_RECIPE when supervisor
 * has no way to write a word, because it holds a line break or starts a comment. */
struct err *quote_supervisor_words(struct text *out, const char *const *words) MUST_CHECK;
/* KEY="value",KEY="value", with % doubled. ERR_RECIPE when a value holds both
 * kinds of quotes, or as above. */
struct err *quote_supervisor_env(struct text *out, const char *const *env) MUST_CHECK;
