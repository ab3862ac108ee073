#include "plain.h"

#include <string.h>

#include "base/mem.h"
#include "schema/utf8.h"

void plain_text(char *text)
{
	size_t len = strlen(text);

	for (size_t at = 0; (at += utf8_hidden(text + at, len - at)) < len;)
		text[at] = '?';
}

json_t *plain_json(const char *text)
{
	AUTO_FREE char *line = mem_dup(text);

	plain_text(line);
	for (char *c = line; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	return json_string(line);
}
