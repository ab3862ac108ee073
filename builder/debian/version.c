/* SPDX-License-Identifier: MIT */
#include "debian/version.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct part {
	const char *at, *end;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The weight of a byte inside a run of non-digits; tilde sorts before the end, the end before letters,
 * letters before everything else. */
static int weight(const struct part *p)
{
	if (p->at == p->end || is_digit(*p->at))
		return 0;
	if (*p->at == '~')
		return -1;
	unsigned char c = (unsigned char)*p->at;
	bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';
	return letter ? c : c + 256;
}

static int compare_words(struct part *a, struct part *b)
{
	for (;;) {
		int x = weight(a), y = weight(b);
		if (x != y)
			return x - y;
		if (!x)
			return 0;
		a->at++;
		b->at++;
	}
}

/* Cuts a run of digits off the front, without its leading zeros. */
static struct part number(struct part *p)
{
	while (p->at < p->end && *p->at == '0')
		p->at++;
	struct part run = { p->at, p->at };
	while (p->at < p->end && is_digit(*p->at))
		p->at++;
	run.end = p->at;
	return run;
}

/* Numbers may be of any length, so they are compared as text. */
static int compare_numbers(struct part *a, struct part *b)
{
	struct part x = number(a), y = number(b);
	ptrdiff_t n = x.end - x.at, m = y.end - y.at;

	if (n != m)
		return n < m ? -1 : 1;
	return memcmp(x.at, y.at, (size_t)n);
}

static int compare_parts(struct part a, struct part b)
{
	while (a.at < a.end || b.at < b.end) {
		int order = compare_words(&a, &b);
		if (!order)
			order = compare_numbers(&a, &b);
		if (order)
			return order;
	}
	return 0;
}

struct version {
	struct part epoch, upstream, revision;
};

static struct version split(const char *text)
{
	const char *end = text + strlen(text), *colon = strchr(text, ':');
	const char *at = colon ? colon + 1 : text, *dash = strrchr(at, '-');

	return (struct version){
		.epoch = { text, colon ? colon : text },
		.upstream = { at, dash ? dash : end },
		.revision = { dash ? dash + 1 : end, end },
	};
}

int version_compare(const char *a, const char *b)
{
	struct version x = split(a), y = split(b);
	int order = compare_parts(x.epoch, y.epoch);

	if (!order)
		order = compare_parts(x.upstream, y.upstream);
	return order ? order : compare_parts(x.revision, y.revision);
}
