/* SPDX-License-Identifier: MIT */
/* UTF-8 (RFC 3629), and which characters a reader can see. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Length of the sequence at bytes, 0 if it is not UTF-8; ret is its code point. */
size_t utf8_decode(const char *bytes, size_t len, unsigned *ret);

/* Converts the bytes of a text file to UTF-8 in place (allocated by mem.h, NUL-terminated). UTF-16 is
 * recognised by its byte order mark or by the position of its first zero byte; a mark is removed. False if a
 * zero byte is left: then it is not text. */
bool utf8_from_file(char **bytes, size_t *len);

/* Not for tabs and line feeds. */
bool utf8_is_control(unsigned c);

/* Offset of the first character that is invisible or that reorders the text; len if there is none. Tabs and
 * line feeds are allowed. */
size_t utf8_hidden(const char *bytes, size_t len);

/* Makes text from outside safe to print, in place: each byte of a hidden character, which a terminal might
 * obey, becomes a question mark. */
void utf8_plain(char *text);
