/* SPDX-License-Identifier: MIT */
#include "schema/legible.h"

#include <string.h>

#include "base/utf8.h"
#include "schema/problem.h"

static bool check_start(const char *bytes, size_t len, struct problems *p)
{
	struct mark top = { 1, 1 };

	if (len >= 2 &&
	    (!memcmp(bytes, "\xff\xfe", 2) || !memcmp(bytes, "\xfe\xff", 2) || (!bytes[0] != !bytes[1])))
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
		problem_add(p, at,
			    "a carriage return without a line feed stands here: end lines with line feeds");
	else if (utf8_is_control(c) && c != '\r')
		problem_add(p, at, "a control character (U+%04X) stands here: remove it", c);
	else if (c == 0x2028 || c == 0x2029)
		problem_add(p, at, "an invisible line break (U+%04X) stands here: remove it", c);
	else
		return true;
	return false;
}

bool legible_check(const char *bytes, size_t len, struct problems *p)
{
	struct mark at = { 1, 1 };

	if (!check_start(bytes, len, p))
		return false;
	for (size_t i = 0, n; i < len; i += n) {
		unsigned c;
		n = utf8_decode(bytes + i, len - i, &c);
		if (!n) {
			problem_add(p, at, "the byte 0x%02x is not UTF-8: save the file as UTF-8",
				    (unsigned char)bytes[i]);
			return false;
		}
		if (!check_character(c, i + 1 < len && bytes[i + 1] == '\n', at, p))
			return false;
		at = c == '\n' ? (struct mark){ at.line + 1, 1 } : (struct mark){ at.line, at.column + 1 };
	}
	return true;
}
