/* SPDX-License-Identifier: MIT */
#include "template/variables.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

void variables_set(struct variables *s, const char *name, const char *text)
{
	VEC_PUSH(s, (struct variable){ arena_dup(s->arena, name, strlen(name)),
				       arena_dup(s->arena, text, strlen(text)) });
}

void variables_format(struct variables *s, const char *name, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	AUTO_FREE char *text = mem_vprintf(fmt, ap);
	va_end(ap);
	variables_set(s, name, text);
}

const char *variables_get(const struct variables *s, const char *name, size_t name_len)
{
	for (; s; s = s->outer)
		for (size_t i = s->count; i-- > 0;)
			if (!strncmp(s->items[i].name, name, name_len) && !s->items[i].name[name_len])
				return s->items[i].text;
	return NULL;
}

const char *variables_nearest(const struct variables *s, const char *name)
{
	struct {
		const char **items;
		size_t count, room;
	} names = { 0 };

	for (; s; s = s->outer)
		for (size_t i = 0; i < s->count; i++)
			VEC_PUSH(&names, s->items[i].name);
	const char *near = text_nearest(name, names.items, names.count);
	free(names.items);
	return near;
}

void variables_done(struct variables *s)
{
	free(s->items);
	s->items = NULL;
	s->count = s->room = 0;
}
