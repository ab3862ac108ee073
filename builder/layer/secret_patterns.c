/* SPDX-License-Identifier: MIT */
#include "layer/secret_patterns.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

struct token {
	uint32_t three; /* its first bytes */
	const char *kind, *begins;
	size_t len;
	const bool *letters, *after; /* 256; after may be NULL */
	size_t least, most;	     /* most 0: as long as it is */
};

struct secret_set {
	struct {
		struct token *items;
		size_t count, room;
	} tokens; /* by their first bytes */
	struct {
		bool **items;
		size_t count, room;
	} sets;
	uint8_t first[65536 / 8]; /* a bit for each hash of three bytes that a token may begin with */
};

#define BEGINS_LEAST 3 /* bytes; a rule for less is passed over */

#define ONE_LINE_LEAST 16 /* for a key in one line, where a word could be something else */

static const char key_begins[] = "BEGIN ", key_ends[] = "PRIVATE KEY";

void secret_patterns_letters(bool *set, const char *spec)
{
	for (const char *c = spec; *c; c++) {
		unsigned char low = (unsigned char)*c, high = low;
		if (c[1] == '-' && c[2]) {
			high = (unsigned char)c[2];
			c += 2;
		}
		for (unsigned i = low; i <= high; i++)
			set[i] = true;
	}
}

static bool *letters_of(struct secret_set *s, const char *spec)
{
	bool *set = mem_array(256, sizeof *set);

	secret_patterns_letters(set, spec);
	VEC_PUSH(&s->sets, set);
	return set;
}

/* A hash of three bytes, of 16 bits. */
static size_t slot(uint32_t three)
{
	return three * 0x9e3779b1u >> 16;
}

static bool may_begin(const struct secret_set *s, uint32_t three)
{
	size_t at = slot(three);

	return s->first[at / 8] >> at % 8 & 1;
}

static uint32_t three_of(const char *bytes, size_t step)
{
	return (uint32_t)(unsigned char)bytes[0] | (uint32_t)(unsigned char)bytes[step] << 8 |
	       (uint32_t)(unsigned char)bytes[2 * step] << 16;
}

static void mark(struct secret_set *s, const char *begins)
{
	size_t at = slot(three_of(begins, 1));

	s->first[at / 8] |= (uint8_t)(1 << at % 8);
}

static int by_three(const void *a, const void *b)
{
	const struct token *x = a, *y = b;

	return (x->three > y->three) - (x->three < y->three);
}

/* The first token that begins with these three bytes or later ones. */
static size_t find_tokens(const struct secret_set *s, uint32_t three)
{
	size_t from = 0, until = s->tokens.count;

	while (from < until) {
		size_t middle = (from + until) / 2;
		if (s->tokens.items[middle].three < three)
			from = middle + 1;
		else
			until = middle;
	}
	return from;
}

struct secret_set *secret_patterns_set(const struct audit_rules *r)
{
	struct secret_set *s = mem_new(sizeof *s);
	const struct audit_token *rules = r->tokens.items;

	for (size_t i = 0; i < r->tokens.count; i++) {
		const bool *letters = letters_of(s, rules[i].letters),
			   *after = rules[i].after ? letters_of(s, rules[i].after) : NULL;
		for (size_t k = 0; k < rules[i].begins.count; k++) {
			const char *begins = ((const char *const *)rules[i].begins.items)[k];
			if (strlen(begins) < BEGINS_LEAST)
				continue;
			VEC_PUSH(&s->tokens,
				 (struct token){ three_of(begins, 1), rules[i].kind, begins, strlen(begins),
						 letters, after, rules[i].least, rules[i].most });
			mark(s, begins);
		}
	}
	mark(s, key_begins);
	if (s->tokens.count)
		qsort(s->tokens.items, s->tokens.count, sizeof *s->tokens.items, by_three);
	return s;
}

void secret_patterns_set_done(struct secret_set *s)
{
	for (size_t i = 0; i < s->sets.count; i++)
		free(s->sets.items[i]);
	free(s->sets.items);
	free(s->tokens.items);
	free(s);
}

static bool is_token(const struct token *t, const char *at, size_t left, char before)
{
	unsigned char b = (unsigned char)before;
	size_t n = t->len;

	if (left < t->len || memcmp(at, t->begins, t->len) ||
	    (t->after ? !t->after[b] : isalnum(b) || b == '_'))
		return false;
	size_t most = t->most ? t->most : SECRET_PATTERNS_REACH; /* what more there is shows nothing new */
	while (n < left && n - t->len <= most && t->letters[(unsigned char)at[n]])
		n++;
	if (n - t->len > most)
		return !t->most;
	return n - t->len >= t->least && !(n < left && isalnum((unsigned char)at[n]));
}

static bool is_base64(char c)
{
	return isalnum((unsigned char)c) || c == '+' || c == '/';
}

/* RFC 7468: "-----BEGIN", a label that ends in "PRIVATE KEY" (OpenPGP: "PRIVATE KEY BLOCK", RFC 9580),
 * "-----", and the body on the next line. The line end may also be an escaped one in a string, or a blank if
 * the key was joined to one line. SSH2 keys have "---- BEGIN" and " ----" (RFC 4716). A header alone is not
 * enough: programs contain it to recognise keys. */
static bool is_key(const char *at, size_t left)
{
	size_t label = strlen(key_begins), dashes, body, end;
	bool next_line = false;

	while (label < left && label < 64 &&
	       (isupper((unsigned char)at[label]) || isdigit((unsigned char)at[label]) || at[label] == ' '))
		label++;
	dashes = at[label - 1] == ' ' ? 4 : 5;
	end = label - (5 - dashes);
	end = label > 24 && !memcmp(at + end - 6, " BLOCK", 6) ? end - 6 : end;
	if (end < strlen(key_ends) + strlen(key_begins) || left < label + dashes ||
	    memcmp(at + end - strlen(key_ends), key_ends, strlen(key_ends)) ||
	    memcmp(at + label, "-----", dashes))
		return false;
	for (body = label + dashes;
	     body < left && body < label + 40 && strchr("\r\n\t \"'+,\\", at[body]) && at[body];) {
		bool written = at[body] == '\\' && body + 1 < left && strchr("rn", at[body + 1]);
		next_line |= written || at[body] == '\n' || at[body] == '\r';
		body += written ? 2 : 1;
	}
	if (body == label + dashes)
		return false;
	size_t n = body;
	while (n < left && is_base64(at[n]))
		n++;
	return n - body >= (next_line ? 4 : ONE_LINE_LEAST);
}

/* Checks for a secret at at, whose first three bytes may begin a token. */
static bool begins_at(const struct secret_set *s, const char *bytes, size_t at, size_t len,
		      struct secret_patterns *ret)
{
	if (at >= 5 && (!memcmp(bytes + at - 5, "-----", 5) || !memcmp(bytes + at - 5, "---- ", 5)) &&
	    len - at > strlen(key_begins) && !memcmp(bytes + at, key_begins, strlen(key_begins)) &&
	    is_key(bytes + at, len - at)) {
		*ret = (struct secret_patterns){ "a private key", at };
		return true;
	}
	uint32_t three = len - at < BEGINS_LEAST ? 0 : three_of(bytes + at, 1);
	for (size_t k = find_tokens(s, three); k < s->tokens.count && s->tokens.items[k].three == three; k++)
		if (is_token(&s->tokens.items[k], bytes + at, len - at, at ? bytes[at - 1] : ' ')) {
			*ret = (struct secret_patterns){ s->tokens.items[k].kind, at };
			return true;
		}
	return false;
}

/* The same in UTF-16 of either byte order: one letter in two bytes, the other byte zero. */
static bool begins_wide(const struct secret_set *s, const char *bytes, size_t at, size_t len,
			struct secret_patterns *ret)
{
	char letters[SECRET_PATTERNS_REACH / 2];
	size_t from = at, n = 0;

	while (at - from < 16 && from >= 2 && !bytes[from - 1] && bytes[from - 2])
		from -= 2;
	for (size_t i = from; i < len && n < sizeof letters; i += 2) {
		letters[n++] = bytes[i];
		if (i + 1 < len && bytes[i + 1])
			break;
	}
	if (!begins_at(s, letters, (at - from) / 2, n, ret))
		return false;
	ret->at = at;
	return true;
}

bool secret_patterns_by_form(const struct secret_set *s, const char *bytes, size_t until, size_t len,
			     struct secret_patterns *ret)
{
	size_t i = 0, whole = len < 5 ? 0 : len - 4 < until ? len - 4 : until;

	for (; i < whole; i++) {
		if (may_begin(s, three_of(bytes + i, 1))) {
			if (begins_at(s, bytes, i, len, ret))
				return true;
		} else if (!bytes[i + 1] && !bytes[i + 3] && may_begin(s, three_of(bytes + i, 2)) &&
			   begins_wide(s, bytes, i, len, ret)) {
			return true;
		}
	}
	for (; i < until && i + BEGINS_LEAST <= len; i++)
		if (begins_at(s, bytes, i, len, ret) ||
		    (i + 4 < len && !bytes[i + 1] && !bytes[i + 3] && begins_wide(s, bytes, i, len, ret)))
			return true;
	return false;
}
