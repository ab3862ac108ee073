/* SPDX-License-Identifier: MIT */
/* A template of any bytes: what it becomes has no name in it that is not known, and errors point into it. */
#include "template/template.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_FREE char *text = mem_ndup((const char *)bytes, len);
	struct arena a = { 0 };
	struct variables outer = { .arena = &a }, inner = { .arena = &a, .outer = &outer };
	struct source from = { .path = "t" };
	const char *got = NULL;

	variables_set(&outer, "a", "{{b}}");
	variables_set(&outer, "empty", "hidden");
	variables_set(&inner, "empty", "");
	struct err *e = template_text(&a, &inner, &from, text, &got);
	AUTO_FREE char *why = e ? err_text(e) : NULL;
	if (e ? err_kind(e) != ERR_RECIPE || strncmp(why, "t:", 2) || strchr(why, '\n') : !got)
		abort();
	if (!e && !strstr(text, "{{") && strcmp(text, got))
		abort();
	err_free(e);
	variables_done(&inner);
	variables_done(&outer);
	arena_done(&a);
	return 0;
}
