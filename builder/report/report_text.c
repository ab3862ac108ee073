/* SPDX-License-Identifier: MIT */
#include "report/report_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

void report_text_put(struct text *out, const char *foreign)
{
	AUTO_FREE char *word = mem_dup(foreign);

	for (char *at = word; *at; at++)
		*at = *at == '\n' || *at == '\t' ? '?' : *at;
	utf8_plain(word);
	text_put(out, word);
}

json_t *report_text_json(const char *foreign)
{
	json_t *word = foreign ? json_string(foreign) : json_null();

	if (word)
		return word;
	AUTO_FREE char *plain = mem_dup(foreign);
	utf8_plain(plain);
	word = json_string(plain);
	return word ? word : json_string("?");
}

json_t *report_text_digest(const struct digest *d)
{
	char hex[DIGEST_HEX];

	return digest_is_zero(d) ? json_null() : json_sprintf("sha256:%s", digest_hex(d, hex));
}

void report_text_dump(struct text *out, json_t *j)
{
	char *text = json_dumps(j, JSON_INDENT(2) | JSON_ENSURE_ASCII);

	json_decref(j);
	if (!text)
		mem_exhausted();
	text_put(out, text);
	text_put(out, "\n");
	free(text);
}

void report_text_bar(struct text *out, uint64_t part, uint64_t whole, unsigned width)
{
	unsigned marks = whole ? (unsigned)((double)part / (double)whole * width + 0.5) : 0;

	marks = part && !marks ? 1 : marks;
	for (unsigned i = 0; i < marks; i++)
		text_put(out, "#");
}
