/* SPDX-License-Identifier: MIT */
#include "plain.h"

#include "base/mem.h"
#include "base/utf8.h"

json_t *plain_json(const char *text)
{
	AUTO_FREE char *line = mem_dup(text);

	utf8_plain(line);
	for (char *c = line; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	return json_string(line);
}
