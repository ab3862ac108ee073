/* SPDX-License-Identifier: MIT */
/* Characters (UTF-8, RFC 3629), and which of them a reader can see. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Length of the sequence at bytes, 0 when it is not UTF-8; ret is its code point. */
size_t utf8_decode(const char *bytes, size_t len, unsigned *ret);

/* Bytes of a text file as other programs write them, made UTF-8 in place (mem.h's, NUL-terminated): UTF-16 is
 * recoded, by its byte order mark or, without one, by where its first zero stands; a mark goes. False: a zero
 * byte is left, so it is no text. */
bool utf8_from_file(char **bytes, size_t *len);

/* Tabs and line feeds are none. */
bool utf8_is_control(unsigned c);

/* Offset of the first character that a reader cannot see or that reorders what is
 * seen, len when there is none. Tabs and line feeds are fine. */
size_t utf8_hidden(const char *bytes, size_t len);

/* Words of others made fit to be shown, in place: a terminal obeys what nobody sees. Each byte of what is
 * hidden becomes a question mark. */
void utf8_plain(char *text);
