/* SPDX-License-Identifier: MIT */
#include "layer/secret_values.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* Whether a value is a placeholder or a switch. */
static bool is_empty_word(const char *value, size_t len)
{
	static const char *const words[] = {
		"true", "false", "null", "none", "yes", "no", "on", "off", "undefined",
	};
	static const char *const heads[] = {
		"$", "<", "{", "%", "your", "change", "example", "os.", "process.env", "env.", "env(", "get",
	};
	size_t digits = 0, same = 0;

	for (size_t i = 0; i < COUNT(words); i++)
		if (len == strlen(words[i]) && !strncasecmp(value, words[i], len))
			return true;
	for (size_t i = 0; i < COUNT(heads); i++)
		if (len >= strlen(heads[i]) && !strncasecmp(value, heads[i], strlen(heads[i])))
			return true;
	for (size_t i = 0; i < len; i++) {
		digits += isdigit((unsigned char)value[i]) != 0;
		same += value[i] == value[0];
	}
	return same == len || (digits == len && len < 6);
}

/* Whether it has many different characters, including digits and letters, and no blank. */
static bool looks_random(const char *value, size_t len)
{
	bool seen[256] = { false }, digit = false, letter = false;
	size_t different = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)value[i];
		different += !seen[c];
		seen[c] = true;
		digit |= isdigit(c) != 0;
		letter |= isalpha(c) != 0;
		if (isspace(c) || c == '(')
			return false;
	}
	return digit && letter && different >= 10;
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

/* fnmatch(3) without case; most globs are a word, or "*" before one, which takes no copy of the name. */
static bool is_named(const char *glob, const char *name, size_t len)
{
	bool any = *glob == '*';
	size_t least = strlen(glob + any);

	if (!glob[any + strcspn(glob + any, "*?[\\")])
		return (any ? len >= least : len == least) &&
		       !strncasecmp(name + (len - least), glob + any, least);
	AUTO_FREE char *copy = mem_ndup(name, len);
	return !fnmatch(glob, copy, FNM_CASEFOLD);
}

static bool wants(const struct audit_value *rule, const char *name, size_t len)
{
	const char *const *globs = rule->names.items;

	for (size_t i = 0; i < rule->names.count; i++)
		if (is_named(globs[i], name, len))
			return true;
	return false;
}

/* The value after "=" or ":", with or without quotes; at is behind the name. */
static size_t value_after(const char *at, const char **ret)
{
	at += *at == '"' || *at == '\'';
	at += strspn(at, " \t");
	if (*at != '=' && *at != ':')
		return 0;
	at += strspn(at, "=:");
	at += strspn(at, " \t");
	char quote = *at == '"' || *at == '\'' ? *at : 0;
	at += quote != 0;
	*ret = at;
	return quote ? strcspn(at, quote == '"' ? "\"\n" : "'\n") : strcspn(at, " \t\r\n,;}#");
}

/* Whether the whole value consists of the rule's letters: an expression in a program does not. */
static bool is_of_letters(const struct audit_value *rule, const char *value, size_t len)
{
	bool set[256] = { false };

	if (!rule->letters)
		return true;
	secret_patterns_letters(set, rule->letters);
	for (size_t i = 0; i < len; i++)
		if (!set[(unsigned char)value[i]])
			return false;
	return true;
}

/* Whether a program works the value out: without quotes, from a list or a call, or only compared. */
static bool is_expression(const char *value, size_t len)
{
	const char *before = value;

	if (value[-1] == '"' || value[-1] == '\'')
		return false;
	while (before[-1] == ' ' || before[-1] == '\t')
		before--;
	return (before[-1] == '=' && before[-2] == '=') || memchr(value, '[', len) || memchr(value, '(', len);
}

/* Whether it is one by its look alone. */
static bool is_likely(const char *value, size_t len)
{
	return looks_random(value, len) && !is_expression(value, len);
}

bool secret_values_by_name(const struct audit_value *rule, const char *bytes, size_t len,
			   struct secret_patterns *ret)
{
	for (size_t i = 0; i < len;) {
		size_t n = 0;
		while (i + n < len && is_name(bytes[i + n]))
			n++;
		if (!n) {
			i++;
			continue;
		}
		const char *value;
		size_t value_len =
			n < 128 && wants(rule, bytes + i, n) ? value_after(bytes + i + n, &value) : 0;
		if (value_len && value_len >= rule->least && is_of_letters(rule, value, value_len) &&
		    !is_empty_word(value, value_len) && (!rule->likely || is_likely(value, value_len))) {
			*ret = (struct secret_patterns){ rule->kind, i };
			return true;
		}
		i += n;
	}
	return false;
}

/* RFC 3986: the part before "@" in an authority. */
bool secret_values_in_url(const char *bytes, size_t len, struct secret_patterns *ret)
{
	static const char *const words[] = { "extraheader" };

	for (const char *at = bytes; (at = memmem(at, len - (size_t)(at - bytes), "://", 3));) {
		bool http = (at - bytes >= 4 && !strncmp(at - 4, "http", 4)) ||
			    (at - bytes >= 5 && !strncmp(at - 5, "https", 5));
		at += 3;
		size_t user = strcspn(at, "/@ \t\r\n\"'<>");
		const char *colon = memchr(at, ':', user);
		bool given = !colon || (colon[1] != '$' && colon[1] != '{' && colon[1] != '@');
		if (user && *at != '$' && *at != '{' && at[user] == '@' && given && (http || colon)) {
			*ret = (struct secret_patterns){ "a URL with credentials", (size_t)(at - bytes) };
			return true;
		}
	}
	for (size_t i = 0; i < COUNT(words); i++) {
		const char *at = memmem(bytes, len, words[i], strlen(words[i]));
		if (at) {
			*ret = (struct secret_patterns){ "a package manager's token", (size_t)(at - bytes) };
			return true;
		}
	}
	return false;
}
