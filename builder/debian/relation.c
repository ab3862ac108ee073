/* SPDX-License-Identifier: MIT */
#include "debian/relation.h"

#include <string.h>

#include "base/mem.h"
#include "debian/version.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct slice trim(struct slice s)
{
	while (s.len && is_blank(*s.at)) {
		s.at++;
		s.len--;
	}
	while (s.len && is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

/* Cuts the text before the next mark off the front. */
static struct slice cut(struct slice *text, char mark)
{
	const char *at = text->len ? memchr(text->at, mark, text->len) : NULL;
	struct slice head = { text->at, at ? (size_t)(at - text->at) : text->len };
	size_t taken = head.len + (at != NULL);

	text->at += taken;
	text->len -= taken;
	return trim(head);
}

static bool is_word(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (is_blank(s.at[i]) || strchr("()[]<>|,", s.at[i]))
			return false;
	return s.len > 0;
}

/* A single < or > once meant "or equal", and dpkg still reads it so. */
static enum relation_order take_order(struct slice *text)
{
	static const struct {
		char sign[3];
		enum relation_order order;
	} signs[] = {
		{ "<<", RELATION_BEFORE }, { "<=", RELATION_UPTO }, { ">=", RELATION_FROM },
		{ ">>", RELATION_AFTER },  { "=", RELATION_IS },    { "<", RELATION_UPTO },
		{ ">", RELATION_FROM },
	};

	for (size_t i = 0; i < COUNT(signs); i++) {
		size_t len = strlen(signs[i].sign);
		if (text->len >= len && !memcmp(text->at, signs[i].sign, len)) {
			text->at += len;
			text->len -= len;
			return signs[i].order;
		}
	}
	return RELATION_ANY;
}

static bool parse_alternative(struct arena *arena, struct slice text, struct alternative *ret)
{
	*ret = (struct alternative){ .order = RELATION_ANY };
	if (text.len && text.at[text.len - 1] == ')') {
		struct slice head = cut(&text, '(');
		if (!text.len) /* no "(" at all */
			return false;
		text.len--;
		text = trim(text);
		ret->order = take_order(&text);
		text = trim(text);
		if (ret->order == RELATION_ANY || !is_word(text))
			return false;
		ret->version = arena_dup(arena, text.at, text.len);
		text = head;
	}
	struct slice name = cut(&text, ':');
	if (text.len)
		ret->arch = arena_dup(arena, text.at, text.len);
	if (!is_word(name) || (text.len && !is_word(text)))
		return false;
	ret->name = arena_dup(arena, name.at, name.len);
	return true;
}

/* Joins a folded field into one line, for people. */
static const char *dup_line(struct arena *arena, struct slice text)
{
	char *line = arena_dup(arena, text.at, text.len);

	for (char *at = line; *at; at++)
		if (is_blank(*at))
			*at = ' ';
	return line;
}

static size_t count_parts(struct slice text, char mark)
{
	size_t n = 1;

	for (size_t i = 0; i < text.len; i++)
		n += text.at[i] == mark;
	return n;
}

static struct err *parse_one(struct arena *arena, struct slice text, struct relation *ret)
{
	size_t count = count_parts(text, '|');
	struct alternative *items = arena_new(arena, count * sizeof *items);

	*ret = (struct relation){ dup_line(arena, text), items, count };
	for (size_t i = 0; i < count; i++)
		if (!parse_alternative(arena, cut(&text, '|'), &items[i]))
			return err_new(ERR_FETCH, "cannot read the relation \"%s\"", ret->text);
	return NULL;
}

struct err *relation_parse(struct arena *arena, struct slice field, struct relation **ret, size_t *ret_count)
{
	struct relation *items = arena_new(arena, count_parts(field, ',') * sizeof *items);
	size_t count = 0;

	while (field.len) {
		struct slice one = cut(&field, ',');
		if (one.len)
			TRY(parse_one(arena, one, &items[count++]));
	}
	*ret = items;
	*ret_count = count;
	return NULL;
}

bool relation_fits(const struct alternative *a, const char *version)
{
	if (a->order == RELATION_ANY)
		return true;
	if (!version)
		return false;
	int order = version_compare(version, a->version);
	switch (a->order) {
	case RELATION_BEFORE: return order < 0;
	case RELATION_UPTO: return order <= 0;
	case RELATION_IS: return order == 0;
	case RELATION_FROM: return order >= 0;
	default: return order > 0;
	}
}
