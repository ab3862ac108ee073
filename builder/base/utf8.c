/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <string.h>

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

bool utf8_is_control(unsigned c)
{
	return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0);
}

static bool is_hidden(unsigned c)
{
	return utf8_is_control(c) || c == 0xa0 || c == 0xad || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202f) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || c == 0xfffe || c == 0xffff;
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
