/* SPDX-License-Identifier: MIT */
#include "cmd/init_note.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"

void init_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	AUTO_FREE char *words = mem_vprintf(fmt, ap);
	va_end(ap);
	utf8_plain(text_line(words));
	fprintf(stderr, "note: %s\n", words);
}
