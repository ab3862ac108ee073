/* SPDX-License-Identifier: MIT */
#include "sbom/purl.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"

static void put_encoded(struct text *out, const char *word)
{
	for (; *word; word++)
		if (isalnum((unsigned char)*word) || strchr(".-_~:", *word))
			text_add(out, word, 1);
		else
			text_printf(out, "%%%02X", (unsigned char)*word);
}

char *purl_new(const char *type, const char *space, const char *name, const char *version,
	       const struct purl_qualifier *qualifiers)
{
	AUTO_TEXT struct text out = { 0 };
	char joint = '?';

	text_printf(&out, "pkg:%s/", type);
	if (space && *space) {
		put_encoded(&out, space);
		text_put(&out, "/");
	}
	put_encoded(&out, name);
	if (version && *version) {
		text_put(&out, "@");
		put_encoded(&out, version);
	}
	for (const struct purl_qualifier *q = qualifiers; q && q->key; q++)
		if (q->value && *q->value) {
			text_printf(&out, "%c%s=", joint, q->key);
			put_encoded(&out, q->value);
			joint = '&';
		}
	return text_take(&out);
}

char *purl_python_name(const char *name)
{
	char *plain = mem_dup(name), *to = plain;

	for (const char *at = name; *at; at++) {
		bool mark = strchr("-_.", *at);
		if (!mark || to == plain || to[-1] != '-')
			*to++ = mark ? '-' : (char)tolower((unsigned char)*at);
	}
	*to = '\0';
	return plain;
}
