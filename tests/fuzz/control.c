/* SPDX-License-Identifier: MIT */
/* Stanzas, fields and relations of any bytes: slices stay inside, walks end,
 * fields found by walking are found by name. */
#include "debian/control.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "debian/relation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct slice part, const char *text, size_t len)
{
	if (part.at < text || part.at + part.len > text + len)
		abort();
}

static void relations(struct slice value)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct relation *items;
	size_t count;
	struct err *e = relation_parse(&arena, value, &items, &count);

	for (size_t i = 0; !e && i < count; i++) {
		if (!items[i].count)
			abort();
		for (size_t j = 0; j < items[i].count; j++) {
			const struct alternative *a = &items[i].alternatives[j];
			if (!*a->name || (a->order == RELATION_ANY) != !a->version)
				abort();
			(void)relation_fits(a, a->name);
		}
	}
	err_free(e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = mem_new(size); /* exactly: a byte too far is seen */
	struct control c = { text, text + size };
	struct slice stanza;

	if (size)
		memcpy(text, data, size);
	while (control_next(&c, &stanza)) {
		struct slice rest = stanza, name, value, word;
		inside(stanza, text, size);
		while (control_field(&rest, &name, &value)) {
			inside(name, text, size);
			inside(value, text, size);
			relations(value);
			AUTO_FREE char *key = mem_ndup(name.at, name.len);
			if (name.len && strlen(key) == name.len && !control_get(stanza, key).at)
				abort();
			while (control_word(&value, &word))
				inside(word, text, size);
		}
	}
	return 0;
}
