/* SPDX-License-Identifier: MIT */
#include "debian/control.h"

#include <string.h>
#include <strings.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *line_end(const char *at, const char *end)
{
	const char *newline = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;

	return newline ? newline : end;
}

static struct slice trim(const char *at, const char *end)
{
	while (at < end && is_blank(*at))
		at++;
	while (at < end && is_blank(end[-1]))
		end--;
	return (struct slice){ at, (size_t)(end - at) };
}

bool control_next(struct control *c, struct slice *ret_stanza)
{
	while (c->at < c->end && *c->at == '\n')
		c->at++;
	if (c->at == c->end)
		return false;
	const char *start = c->at, *stop = memmem(start, (size_t)(c->end - start), "\n\n", 2);
	if (stop) {
		c->at = stop + 2;
	} else {
		c->at = c->end;
		stop = c->end[-1] == '\n' ? c->end - 1 : c->end;
	}
	*ret_stanza = (struct slice){ start, (size_t)(stop - start) };
	return true;
}

bool control_field(struct slice *rest, struct slice *ret_name, struct slice *ret_value)
{
	if (!rest->len)
		return false;
	const char *at = rest->at, *end = at + rest->len, *stop = line_end(at, end);
	const char *colon = memchr(at, ':', (size_t)(stop - at));

	while (stop + 1 < end && (stop[1] == ' ' || stop[1] == '\t'))
		stop = line_end(stop + 1, end);
	bool named = colon && colon > at && !is_blank(*at);
	*ret_name = named ? trim(at, colon) : (struct slice){ at, 0 };
	*ret_value = trim(named ? colon + 1 : at, stop);
	rest->at = stop < end ? stop + 1 : end;
	rest->len = (size_t)(end - rest->at);
	return true;
}

struct slice control_get(struct slice stanza, const char *name)
{
	struct slice field, value;
	size_t len = strlen(name);

	while (control_field(&stanza, &field, &value))
		if (field.len == len && !strncasecmp(field.at, name, len))
			return value;
	return (struct slice){ 0 };
}

bool control_word(struct slice *text, struct slice *ret_word)
{
	*ret_word = (struct slice){ 0 };
	if (!text->len)
		return false;
	const char *at = text->at, *end = at + text->len;
	while (at < end && is_blank(*at))
		at++;
	const char *stop = at;
	while (stop < end && !is_blank(*stop))
		stop++;
	*ret_word = (struct slice){ at, (size_t)(stop - at) };
	*text = (struct slice){ stop, (size_t)(end - stop) };
	return stop > at;
}

bool control_is(struct slice s, const char *word)
{
	return strlen(word) == s.len && (!s.len || !memcmp(s.at, word, s.len));
}

bool control_number(struct slice s, uint64_t *ret)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned char)s.at[i] - (unsigned)'0';
		if (digit > 9 || __builtin_mul_overflow(n, 10u, &n) || __builtin_add_overflow(n, digit, &n))
			return false;
	}
	*ret = n;
	return s.len > 0;
}

bool control_sha256(struct slice s, struct digest *ret)
{
	char hex[DIGEST_HEX] = { 0 };

	if (s.len != DIGEST_HEX - 1)
		return false;
	memcpy(hex, s.at, s.len);
	return digest_parse(hex, ret);
}

bool control_is_path(struct slice s)
{
	struct slice part = { s.at, 0 };

	if (!s.len || *s.at == '/')
		return false;
	for (size_t i = 0; i <= s.len; i++) {
		if (i < s.len && ((unsigned char)s.at[i] <= ' ' || s.at[i] == 0x7f))
			return false;
		if (i < s.len && s.at[i] != '/') {
			part.len++;
			continue;
		}
		if (control_is(part, ".."))
			return false;
		part = (struct slice){ s.at + i + 1, 0 };
	}
	return true;
}
