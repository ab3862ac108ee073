/* SPDX-License-Identifier: MIT */
#include "lib/sanitize.h"

#include "base/mem.h"
#include "base/utf8.h"

json_t *sanitize_json(const char *text)
{
	AUTO_FREE char *line = mem_dup(text);

	utf8_plain(line);
	for (char *c = line; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	return json_string(line);
}
