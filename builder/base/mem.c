/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void mem_exhausted(void)
{
	static const char msg[] = "mkbench: out of memory\n";

	if (write(STDERR_FILENO, msg, sizeof msg - 1) < 0)
		_exit(71);
	_exit(71);
}

void *mem_new(size_t size)
{
	return mem_array(1, size);
}

void *mem_array(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p)
		mem_exhausted();
	return p;
}

void *mem_resize(void *p, size_t count, size_t size)
{
	void *q = reallocarray(p, count ? count : 1, size ? size : 1);

	if (!q)
		mem_exhausted();
	return q;
}

char *mem_dup(const char *text)
{
	return mem_ndup(text, strlen(text));
}

char *mem_ndup(const char *bytes, size_t len)
{
	char *copy = mem_new(len + 1);

	memcpy(copy, bytes, len);
	return copy;
}

char *mem_vprintf(const char *fmt, va_list ap)
{
	char *text;

	if (vasprintf(&text, fmt, ap) < 0)
		mem_exhausted();
	return text;
}

char *mem_printf(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *text = mem_vprintf(fmt, ap);
	va_end(ap);
	return text;
}

char *mem_append(char *text, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	AUTO_FREE char *tail = mem_vprintf(fmt, ap);
	va_end(ap);
	size_t a = strlen(text), b = strlen(tail);
	char *whole = mem_resize(text, a + b + 1, 1);

	memcpy(whole + a, tail, b + 1);
	return whole;
}

void mem_freep(void *pp)
{
	free(*(void **)pp);
}
