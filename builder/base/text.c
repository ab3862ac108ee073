/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void text_add(struct text *t, const char *bytes, size_t len)
{
	if (t->room - t->len <= len) {
		size_t want;
		if (__builtin_add_overflow(t->len, len + 1, &want))
			mem_exhausted();
		t->room = want > 2 * t->room ? want : 2 * t->room;
		t->bytes = mem_resize(t->bytes, t->room, 1);
	}
	memcpy(t->bytes + t->len, bytes, len);
	t->len += len;
	t->bytes[t->len] = '\0';
}

void text_put(struct text *t, const char *word)
{
	text_add(t, word, strlen(word));
}

void text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	AUTO_FREE char *more = mem_vprintf(fmt, ap);
	va_end(ap);
	text_put(t, more);
}

char *text_take(struct text *t)
{
	char *bytes = t->bytes ? t->bytes : mem_dup("");

	*t = (struct text){ 0 };
	return bytes;
}

void text_done(struct text *t)
{
	free(t->bytes);
	*t = (struct text){ 0 };
}

char *text_shell(const char *word)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@%+,";
	struct text t = { 0 };

	if (*word && !word[strspn(word, plain)])
		return mem_dup(word);
	text_put(&t, "'");
	for (; *word; word++)
		text_printf(&t, *word == '\'' ? "'\\%c'" : "%c", *word);
	text_put(&t, "'");
	return text_take(&t);
}

bool text_starts(const char *text, const char *head)
{
	return !strncmp(text, head, strlen(head));
}

bool text_ends(const char *text, const char *tail)
{
	size_t a = strlen(text), b = strlen(tail);

	return a >= b && !strcmp(text + a - b, tail);
}

#define NEAREST_MAX 63

static size_t distance(const char *a, const char *b)
{
	size_t row[NEAREST_MAX + 1], n = strlen(b);

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[n];
}

const char *text_nearest(const char *word, const char *const *candidates, size_t count)
{
	const char *nearest = NULL;
	size_t len = strlen(word), best = len / 3 + 2;

	if (len > NEAREST_MAX)
		return NULL;
	if (best > len / 2 + 1) /* of a short word at most half may be another */
		best = len / 2 + 1;
	for (size_t i = 0; i < count; i++) {
		if (strlen(candidates[i]) > NEAREST_MAX)
			continue;
		size_t d = distance(word, candidates[i]);
		if (d < best) {
			best = d;
			nearest = candidates[i];
		}
	}
	return nearest;
}

char *text_line(char *text)
{
	for (char *c = text; (c = strpbrk(c, "\n\r\t\v\f"));)
		*c = '?';
	return text;
}

const char *text_plural(size_t count)
{
	return count == 1 ? "" : "s";
}

const char *text_size(double size_bytes, char buf[static 16])
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	size_t u = 0;

	while (size_bytes >= 999.5 && u + 1 < COUNT(units)) {
		size_bytes /= 1000;
		u++;
	}
	snprintf(buf, 16, u ? "%.1f %s" : "%.0f %s", size_bytes, units[u]);
	return buf;
}
