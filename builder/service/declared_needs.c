/* SPDX-License-Identifier: MIT */
#include "service/declared_needs.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "recipe/draft.h"
#include "schema/problem.h"

struct reading {
	struct arena *arena;
	const char *shown, *bytes, *variable, *at;
	struct declared_needs *ret;
};

static struct err *refuse(const struct reading *r)
{
	struct mark m = problem_mark(r->bytes, r->at);

	return err_new(ERR_RECIPE,
		       "%s:%u:%u: '%s' is read, not run: it must be one list of plain texts, such as "
		       "[\"one\", \"two\"]",
		       r->shown, m.line, m.column, r->variable);
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Where a line begins with the variable; NULL: nowhere. */
static const char *find(const struct reading *r, const char *from)
{
	size_t len = strlen(r->variable);

	for (const char *line = from; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, r->variable, len) && !is_word(line[len]))
			return line + len;
	}
	return NULL;
}

/* Skips blanks, line ends and comments inside brackets. */
static void skip_space(struct reading *r)
{
	for (;;) {
		r->at += strspn(r->at, " \t\r\n\f");
		if (*r->at != '#')
			return;
		r->at += strcspn(r->at, "\n");
	}
}

static struct err *read_name(struct reading *r)
{
	char quote = *r->at;
	const char *start = r->at + 1, *end = start;

	if (quote != '"' && quote != '\'')
		return refuse(r);
	while (isascii(*end) && (isalnum((unsigned char)*end) || (*end && strchr("_-./:@+~", *end))))
		end++;
	const char *name = arena_dup(r->arena, start, (size_t)(end - start));
	if (*end != quote || !*name)
		return refuse(r);
	VEC_PUSH(r->ret, draft_app_name(r->arena, name));
	r->at = end + 1;
	return NULL;
}

static struct err *read_list(struct reading *r)
{
	for (;;) {
		skip_space(r);
		if (*r->at == ']')
			break;
		TRY(read_name(r));
		skip_space(r);
		if (*r->at == ',')
			r->at++;
		else if (*r->at != ']')
			return refuse(r);
	}
	r->at++;
	return NULL;
}

struct err *declared_needs_read(struct arena *a, const char *shown, const char *bytes, const char *variable,
				struct declared_needs *ret)
{
	struct reading r = { a, shown, bytes, variable, bytes, ret };

	if (!(r.at = find(&r, bytes)))
		return NULL;
	r.at += strspn(r.at, " \t");
	if (*r.at != '=')
		return refuse(&r);
	r.at++;
	r.at += strspn(r.at, " \t");
	if (*r.at != '[')
		return refuse(&r);
	r.at++;
	TRY(read_list(&r));
	r.at += strspn(r.at, " \t\r\f");
	if (*r.at && *r.at != '\n' && *r.at != '#')
		return refuse(&r);
	/* A second assignment could add to it or replace it. */
	const char *more = find(&r, r.at);
	r.at = more;
	return more ? refuse(&r) : NULL;
}
