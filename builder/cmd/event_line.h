/* SPDX-License-Identifier: MIT */
/* JSON lines beside those of base/progress.h, for --progress=json. Text that is not UTF-8 is converted. */
#pragma once
#include <jansson.h>

#include "schema/problem.h"

/* On standard error: {"event":"error","status":3,"text":"…"}, the last line of a command that failed. */
void event_line_error(int status, const char *text);
/* On standard error, one line for each problem:
 * {"event":"problem","file":"…","line":3,"column":5,"warning":false,"text":"what: hint"}. */
void event_line_problems(const struct problems *p, const char *file);
/* On standard output: the command's result, {"event":"result",…}. Takes ownership of row. */
void event_line_result(json_t *row);
