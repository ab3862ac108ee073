/* SPDX-License-Identifier: MIT */
#include "cmd/event_line.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"

static json_t *words(const char *text)
{
	AUTO_FREE char *copy = mem_dup(text);

	utf8_plain(copy);
	return json_string(copy);
}

static void print(json_t *row, FILE *out)
{
	AUTO_FREE char *line = row ? json_dumps(row, JSON_COMPACT) : NULL;

	json_decref(row);
	if (!line)
		mem_exhausted();
	fprintf(out, "%s\n", line);
}

void event_line_error(int status, const char *text)
{
	print(json_pack("{s:s, s:i, s:o}", "event", "error", "status", status, "text", words(text)), stderr);
}

void event_line_problems(const struct problems *p, const char *file)
{
	for (const struct problem *q = p->first; q; q = q->next)
		print(json_pack("{s:s, s:o, s:i, s:i, s:b, s:o}", "event", "problem", "file", words(file),
				"line", (int)q->at.line, "column", (int)q->at.column, "warning",
				(int)q->warning, "text", words(q->text)),
		      stderr);
}

void event_line_result(json_t *row)
{
	json_t *all = json_pack("{s:s}", "event", "result");

	json_object_update(all, row);
	json_decref(row);
	print(all, stdout);
}
