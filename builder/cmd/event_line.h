/* SPDX-License-Identifier: MIT */
/* Lines of JSON beside those of base/progress.h, for --progress=json. A text that is not UTF-8 is made so. */
#pragma once
#include <jansson.h>

#include "schema/problem.h"

/* On standard error: {"event":"error","status":3,"text":"…"}, the last line of a command that failed. */
void event_line_error(int status, const char *text);
/* On standard error, one for each:
 * {"event":"problem","file":"…","line":3,"column":5,"warning":false,"text":"what: hint"}. */
void event_line_problems(const struct problems *p, const char *file);
/* On standard output: what the command has done, {"event":"result",…}; row is taken over. */
void event_line_result(json_t *row);
