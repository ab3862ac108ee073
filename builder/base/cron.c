/* SPDX-License-Identifier: MIT */
#include "base/cron.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

#define DAY 86400
#define DAYS_LONGEST (8 * 366) /* the longest gap between two 29 Februaries */

static const struct {
	const char *word, *fields;
} words[] = {
	{ "hourly", "0 * * * *" },
	{ "daily", "0 0 * * *" },
	{ "weekly", "0 0 * * 0" },
	{ "monthly", "0 0 1 * *" },
};

/* At most two digits. */
static bool number(const char **at, unsigned *ret)
{
	size_t len = strspn(*at, "0123456789");

	*ret = (unsigned)strtoul(*at, NULL, 10);
	*at += len;
	return len && len <= 2;
}

/* "*", "5", "1-5", each with "/2" or not. */
static bool part(const char **at, unsigned first, unsigned last, uint64_t *bits)
{
	unsigned from = first, to = last, step = 1;
	bool any = **at == '*';

	if (any)
		++*at;
	else if (!number(at, &from))
		return false;
	if (!any)
		to = from;
	if (!any && **at == '-' && (++*at, !number(at, &to)))
		return false;
	if (**at == '/' && (++*at, !number(at, &step)))
		return false;
	if (from < first || to > last || from > to || !step)
		return false;
	for (unsigned n = from; n <= to; n += step)
		*bits |= 1ull << n;
	return true;
}

static bool field(const char **at, unsigned first, unsigned last, uint64_t *bits)
{
	*bits = 0;
	*at += strspn(*at, " ");
	do {
		if (!part(at, first, last, bits))
			return false;
	} while (**at == ',' && ++*at);
	return **at == ' ' || !**at;
}

const char *cron_parse(const char *text, struct cron *c)
{
	const char *at = text;

	for (size_t i = 0; i < COUNT(words); i++)
		if (!strcmp(text, words[i].word))
			at = words[i].fields;
	if (isalpha((unsigned char)*at))
		return "is none of hourly, daily, weekly and monthly";
	if (!field(&at, 0, 59, &c->minutes))
		return "has a minute that is not of 0 to 59";
	if (!field(&at, 0, 23, &c->hours))
		return "has an hour that is not of 0 to 23";
	c->any_day = at[strspn(at, " ")] == '*';
	if (!field(&at, 1, 31, &c->days))
		return "has a day of the month that is not of 1 to 31";
	if (!field(&at, 1, 12, &c->months))
		return "has a month that is not of 1 to 12";
	c->any_weekday = at[strspn(at, " ")] == '*';
	if (!field(&at, 0, 7, &c->weekdays))
		return "has a day of the week that is not of 0 to 7";
	c->weekdays |= c->weekdays >> 7 & 1; /* 7 is Sunday, too */
	if (at[strspn(at, " ")])
		return "has more than five fields";
	return cron_next(c, 0) < 0 ? "names a day that there is never" : NULL;
}

static bool has(uint64_t bits, int n)
{
	return bits >> n & 1;
}

static bool is_day(const struct cron *c, const struct tm *tm)
{
	bool day = has(c->days, tm->tm_mday), weekday = has(c->weekdays, tm->tm_wday);

	if (!has(c->months, tm->tm_mon + 1))
		return false;
	return c->any_day || c->any_weekday ? day && weekday : day || weekday;
}

int64_t cron_next(const struct cron *c, int64_t after)
{
	int64_t from = after - after % 60 + 60, midnight = from - from % DAY;

	for (int day = 0; day < DAYS_LONGEST; day++, midnight += DAY) {
		time_t at = (time_t)midnight;
		struct tm tm;
		gmtime_r(&at, &tm);
		for (int minute = 0; is_day(c, &tm) && minute < DAY / 60; minute++)
			if (midnight + minute * 60 >= from && has(c->hours, minute / 60) &&
			    has(c->minutes, minute % 60))
				return midnight + minute * 60;
	}
	return -1;
}
