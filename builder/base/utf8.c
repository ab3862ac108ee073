/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"

size_t utf8_decode(const char *bytes, size_t len, unsigned *ret)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *b = (const unsigned char *)bytes;
	size_t n = b[0] < 0x80 ? 1 : b[0] >> 5 == 6 ? 2 : b[0] >> 4 == 14 ? 3 : b[0] >> 3 == 30 ? 4 : 0;
	unsigned code = n == 1 ? b[0] : b[0] & (0x7fu >> n);

	if (!n || n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (b[i] >> 6 != 2)
			return 0;
		code = code << 6 | (b[i] & 0x3f);
	}
	*ret = code;
	return code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : n;
}

static size_t encode(unsigned c, char *to)
{
	if (c < 0x80)
		return *to = (char)c, 1;
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n; i-- > 1; c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3f));
	*to = (char)((0xf00u >> n & 0xf0) | c);
	return n;
}

static unsigned unit_at(const unsigned char *b, bool big)
{
	return big ? (unsigned)b[0] << 8 | b[1] : (unsigned)b[1] << 8 | b[0];
}

/* An unpaired surrogate becomes U+FFFD, as does an odd byte at the end. */
static char *from_utf16(const char *bytes, size_t len, bool big, size_t *ret_len)
{
	const unsigned char *b = (const unsigned char *)bytes;
	char *text = mem_new(len / 2 * 3 + 4);
	size_t n = 0;

	for (size_t i = 0; i + 1 < len; i += 2) {
		unsigned c = unit_at(b + i, big);
		if (c >= 0xd800 && c < 0xdc00 && i + 3 < len) {
			unsigned low = unit_at(b + i + 2, big);
			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			}
		}
		n += encode(c >= 0xd800 && c < 0xe000 ? 0xfffd : c, text + n);
	}
	if (len % 2)
		n += encode(0xfffd, text + n);
	*ret_len = n;
	return text;
}

bool utf8_from_file(char **bytes, size_t *len)
{
	const char *b = *bytes;
	bool marked = *len >= 2 && (!memcmp(b, "\xff\xfe", 2) || !memcmp(b, "\xfe\xff", 2));

	if (marked || (*len >= 2 && !b[0] != !b[1])) {
		char *text =
			from_utf16(b + 2 * marked, *len - 2 * marked, marked ? *b == '\xfe' : !b[0], len);
		mem_freep(bytes);
		*bytes = text;
	} else if (*len >= 3 && !memcmp(b, "\xef\xbb\xbf", 3)) {
		memmove(*bytes, b + 3, *len - 2);
		*len -= 3;
	}
	return !memchr(*bytes, 0, *len);
}

bool utf8_is_control(unsigned c)
{
	return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0);
}

static bool is_hidden(unsigned c)
{
	return utf8_is_control(c) || c == 0xa0 || c == 0xad || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202f) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xfff9 && c <= 0xfffb) || c == 0xfffe || c == 0xffff;
}

size_t utf8_hidden(const char *bytes, size_t len)
{
	size_t i = 0;

	while (i < len) {
		unsigned c;
		size_t n = utf8_decode(bytes + i, len - i, &c);
		if (!n || is_hidden(c))
			return i;
		i += n;
	}
	return len;
}

void utf8_plain(char *text)
{
	size_t len = strlen(text);

	for (size_t at = 0; (at += utf8_hidden(text + at, len - at)) < len;)
		text[at] = '?';
}
