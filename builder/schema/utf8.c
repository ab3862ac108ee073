#include "schema/utf8.h"

#include <string.h>

#include "schema/problem.h"

/* Length of the sequence at bytes, 0 when it is not UTF-8. */
static size_t decode(const char *bytes, size_t len, unsigned *ret)
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

unsigned utf8_at(const char *bytes, size_t len)
{
	unsigned code = 0;

	(void)decode(bytes, len, &code);
	return code;
}

static bool is_control(unsigned c)
{
	return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0);
}

static bool is_hidden(unsigned c)
{
	return is_control(c) || c == 0xa0 || c == 0xad || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202f) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || c == 0xfffe || c == 0xffff;
}

size_t utf8_hidden(const char *bytes, size_t len)
{
	size_t i = 0;

	while (i < len) {
		unsigned c;
		size_t n = decode(bytes + i, len - i, &c);
		if (!n || is_hidden(c))
			return i;
		i += n;
	}
	return len;
}

static bool check_start(const char *bytes, size_t len, struct problems *p)
{
	struct mark top = { 1, 1 };

	if (len >= 2 && (!memcmp(bytes, "\xff\xfe", 2) || !memcmp(bytes, "\xfe\xff", 2) || (!bytes[0] != !bytes[1])))
		problem_add(p, top, "the file is UTF-16: save it as UTF-8");
	else if (len >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3))
		problem_add(p, top, "the file starts with a byte order mark: save it as UTF-8 without one");
	else
		return true;
	return false;
}

static bool check_character(unsigned c, bool before_newline, struct mark at, struct problems *p)
{
	if (!c)
		problem_add(p, at, "a NUL byte stands here: this is not a text file");
	else if (c == '\r' && !before_newline)
		problem_add(p, at, "a carriage return without a line feed stands here: end lines with line feeds");
	else if (is_control(c) && c != '\r')
		problem_add(p, at, "a control character (U+%04X) stands here: remove it", c);
	else if (c == 0x2028 || c == 0x2029)
		problem_add(p, at, "an invisible line break (U+%04X) stands here: remove it", c);
	else
		return true;
	return false;
}

bool utf8_check(const char *bytes, size_t len, struct problems *p)
{
	struct mark at = { 1, 1 };

	if (!check_start(bytes, len, p))
		return false;
	for (size_t i = 0, n; i < len; i += n) {
		unsigned c;
		n = decode(bytes + i, len - i, &c);
		if (!n) {
			problem_add(p, at, "the byte 0x%02x is not UTF-8: save the file as UTF-8", (unsigned char)bytes[i]);
			return false;
		}
		if (!check_character(c, i + 1 < len && bytes[i + 1] == '\n', at, p))
			return false;
		at = c == '\n' ? (struct mark){ at.line + 1, 1 } : (struct mark){ at.line, at.column + 1 };
	}
	return true;
}
