/* SPDX-License-Identifier: MIT */
#include "registry/challenge.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"

static const char token_end[] = " \t,=\"";

static const char *skip(const char *at)
{
	return at + strspn(at, " \t,");
}

/* A token, or a quoted string without its quotes and backslashes. */
static char *take_value(const char **at)
{
	AUTO_TEXT struct text value = { 0 };

	text_put(&value, "");
	if (**at != '"') {
		size_t len = strcspn(*at, " \t,");
		text_add(&value, *at, len);
		*at += len;
		return text_take(&value);
	}
	for ((*at)++; **at && **at != '"'; (*at)++) {
		if (**at == '\\' && (*at)[1])
			(*at)++;
		text_add(&value, *at, 1);
	}
	*at += **at == '"';
	return text_take(&value);
}

static void keep(char **place, char *value)
{
	free(*place);
	*place = value;
}

static void take_parameter(struct challenge *c, const char *name, size_t len, char *value)
{
	char **place = len == 5 && !strncasecmp(name, "realm", len)   ? &c->realm :
		       len == 7 && !strncasecmp(name, "service", len) ? &c->service :
		       len == 5 && !strncasecmp(name, "error", len)   ? &c->error :
									NULL;

	if (place)
		keep(place, value);
	else
		free(value);
}

static enum challenge_scheme scheme_of(const char *word, size_t len)
{
	return len == 6 && !strncasecmp(word, "bearer", len) ? CHALLENGE_BEARER :
	       len == 5 && !strncasecmp(word, "basic", len)  ? CHALLENGE_BASIC :
							       CHALLENGE_NONE;
}

/* A word followed by "=" is a parameter of the scheme before it, any other word a scheme. */
void challenge_read(const char *header, struct challenge *ret)
{
	enum challenge_scheme now = CHALLENGE_NONE;

	for (const char *at = skip(header); *at; at = skip(at)) {
		size_t len = strcspn(at, token_end);
		const char *after = at + len + strspn(at + len, " \t");
		if (!len) {
			at++;
			continue;
		}
		if (*after != '=') {
			now = scheme_of(at, len);
			if (now > ret->scheme)
				ret->scheme = now;
			at += len;
			continue;
		}
		const char *name = at;
		at = after + 1 + strspn(after + 1, " \t");
		char *value = take_value(&at);
		if (now == CHALLENGE_BEARER)
			take_parameter(ret, name, len, value);
		else
			free(value);
	}
}

void challenge_done(struct challenge *c)
{
	free(c->realm);
	free(c->service);
	free(c->error);
	*c = (struct challenge){ 0 };
}
