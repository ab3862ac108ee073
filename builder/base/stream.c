/* SPDX-License-Identifier: MIT */
#include "base/stream.h"

#include <string.h>
#include <sys/types.h>

#include "base/mem.h"
#include "base/utf8.h"

#define CHARACTER_MAX 4

struct stream {
	FILE *to;
	char open[CHARACTER_MAX]; /* the beginning of an incomplete character */
	size_t open_len;
};

/* Bytes at the end that may begin a character. */
static size_t open_end(const char *bytes, size_t len)
{
	unsigned c;

	for (size_t n = 1; n < CHARACTER_MAX && n <= len; n++) {
		unsigned char first = (unsigned char)bytes[len - n];
		if (first >> 6 == 2)
			continue;
		size_t whole = first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 1;
		return whole > n && !utf8_decode(bytes + len - n, n, &c) ? n : 0;
	}
	return 0;
}

static void put(struct stream *s, char *bytes, size_t len)
{
	for (size_t at = 0; (at += utf8_hidden(bytes + at, len - at)) < len;)
		bytes[at] = '?';
	fwrite(bytes, 1, len, s->to);
}

static ssize_t write_plain(void *cookie, const char *bytes, size_t len)
{
	struct stream *s = cookie;
	size_t all = s->open_len + len;
	AUTO_FREE char *text = mem_new(all + 1);

	memcpy(text, s->open, s->open_len);
	memcpy(text + s->open_len, bytes, len);
	s->open_len = open_end(text, all);
	memcpy(s->open, text + all - s->open_len, s->open_len);
	put(s, text, all - s->open_len);
	return fflush(s->to) ? 0 : (ssize_t)len;
}

void stream_plain(FILE **stream)
{
	static struct stream streams[2]; /* they are never closed before the program ends */
	static size_t count;
	struct stream *s = &streams[count];
	FILE *plain = count == COUNT(streams) ?
			      NULL :
			      fopencookie(s, "w", (cookie_io_functions_t){ .write = write_plain });

	if (!plain)
		return;
	count++;
	s->to = *stream;
	setvbuf(plain, NULL, _IOLBF, BUFSIZ);
	*stream = plain;
}
