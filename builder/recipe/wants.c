/* SPDX-License-Identifier: MIT */
#include "recipe/wants.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Up to three numbers; -1 stands for any. */
struct numbers {
	long n[3];
	int said;
};

/* Returns what follows; said is 0 if there is no number. */
static const char *read_numbers(const char *c, struct numbers *ret)
{
	*ret = (struct numbers){ { -1, -1, -1 }, 0 };
	c += *c == 'v' || *c == '=';
	while (ret->said < 3) {
		char *end;
		if (*c == '*' || *c == 'x' || *c == 'X') {
			c++;
			break;
		}
		if (!isdigit((unsigned char)*c))
			break;
		ret->n[ret->said++] = strtol(c, &end, 10);
		c = end;
		if (*c != '.')
			break;
		c++;
	}
	return c + strcspn(c, " ,|\t");
}

/* Compares as many numbers as b has. */
static int compare(const struct numbers *a, const struct numbers *b, int count)
{
	for (int i = 0; i < count; i++) {
		long x = a->n[i] < 0 ? 0 : a->n[i], y = b->n[i] < 0 ? 0 : b->n[i];
		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

static bool meets(const struct numbers *have, const char *op, const struct numbers *wanted)
{
	int whole = compare(have, wanted, 3), prefix = compare(have, wanted, wanted->said);

	if (!strcmp(op, ">="))
		return whole >= 0;
	if (!strcmp(op, ">"))
		return prefix > 0 || (wanted->said == 3 && whole > 0);
	if (!strcmp(op, "<="))
		return whole <= 0 || !prefix;
	if (!strcmp(op, "<"))
		return whole < 0;
	if (!strcmp(op, "!="))
		return prefix != 0;
	if (!strcmp(op, "~=")) /* the last number may be higher */
		return whole >= 0 && !compare(have, wanted, wanted->said - 1);
	if (!strcmp(op, "^"))
		return whole >= 0 && !compare(have, wanted, wanted->n[0] > 0 || wanted->said < 2 ? 1 : 2);
	if (!strcmp(op, "~"))
		return whole >= 0 && !compare(have, wanted, wanted->said > 1 ? 2 : 1);
	return !prefix;
}

/* Reads one comparison at c; NULL: not a comparison. */
static const char *read_one(const char *c, const struct numbers *have, bool *ret_met)
{
	static const char *const operators[] = {
		">=", "<=", "~=", "===", "==", "!=", ">", "<", "^", "~", "=", "",
	};
	struct numbers wanted;
	size_t i = 0;

	while (strncmp(c, operators[i], strlen(operators[i])))
		i++;
	c += strlen(operators[i]);
	c += strspn(c, " \t");
	bool any = *c == '*' || *c == 'x';
	c = read_numbers(c, &wanted);
	if (!any && !wanted.said)
		return NULL;
	*ret_met = any || meets(have, operators[i], &wanted);
	return c;
}

bool wants_python(const char *specifiers, const char *version)
{
	struct numbers have;

	read_numbers(version, &have);
	for (const char *c = specifiers + strspn(specifiers, " ,\t"); *c; c += strspn(c, " ,\t")) {
		bool met;
		c = read_one(c, &have, &met);
		if (!c)
			return true;
		if (!met)
			return false;
	}
	return true;
}

/* Whether all comparisons up to "||" or the end are met. */
static bool all_met(const char *c, const struct numbers *have, const char **ret_end, bool *ret_read)
{
	bool all = true, met;

	for (c += strspn(c, " \t"); *c && *c != '|'; c += strspn(c, " \t")) {
		if (!strncmp(c, "- ", 2)) { /* "14 - 18": the one before is the minimum, this the maximum */
			AUTO_FREE char *low = mem_printf(">=%s", *ret_end),
				       *high = mem_printf("<=%s", c + 2 + strspn(c + 2, " "));
			return !read_one(low, have, &all) || !all || !read_one(high, have, &met) || met;
		}
		*ret_end = c;
		c = read_one(c, have, &met);
		if (!c) {
			*ret_read = false;
			return true;
		}
		all = all && met;
	}
	*ret_end = c;
	return all;
}

bool wants_node(const char *range, const char *version)
{
	struct numbers have;
	bool readable = true;

	read_numbers(version, &have);
	for (const char *c = range;; c += strspn(c, "|")) {
		const char *end = c;
		AUTO_FREE char *part = mem_ndup(c, strcspn(c, "|"));
		if (all_met(part, &have, &end, &readable) || !readable)
			return true;
		c += strcspn(c, "|");
		if (!*c)
			return false;
	}
}
