/* SPDX-License-Identifier: MIT */
#include "base/cron.h"

#include <string.h>
#include <time.h>

#include "t.h"

static int64_t at(const char *text)
{
	struct tm tm = { 0 };

	ok(strptime(text, "%Y-%m-%d %H:%M:%S", &tm) != NULL);
	return (int64_t)timegm(&tm);
}

static void next(const char *fields, const char *after, const char *want)
{
	struct cron c;

	ok(cron_parse(fields, &c) == NULL);
	ok(cron_next(&c, at(after)) == at(want));
}

static void wrong(const char *fields, const char *words)
{
	struct cron c;
	const char *why = cron_parse(fields, &c);

	ok(why && strstr(why, words));
}

static void words(void)
{
	next("hourly", "2026-11-29 11:59:59", "2026-11-29 12:00:00");
	next("hourly", "2026-11-29 12:00:00", "2026-11-29 13:00:00");
	next("daily", "2026-12-31 00:00:01", "2027-01-01 00:00:00");
	next("weekly", "2026-11-29 00:00:00", "2026-12-06 00:00:00");
	next("monthly", "2026-11-29 00:00:00", "2026-12-01 00:00:00");
	wrong("yearly", "none of hourly");
	wrong("daily 3", "none of hourly");
}

static void fields(void)
{
	next("30 3 * * *", "2026-11-29 03:30:00", "2026-11-30 03:30:00");
	next("*/20 8-10 * * 1-5", "2026-11-27 10:40:00", "2026-11-30 08:00:00");
	next("5,35 * * * *", "2026-11-29 23:35:00", "2026-11-30 00:05:00");
	next("0 0 29 2 *", "2026-11-29 00:00:00", "2028-02-29 00:00:00");
	next("0 12 * * 7", "2026-11-29 00:00:00", "2026-11-29 12:00:00");
	next("0  12  1  *  1", "2026-11-29 00:00:00", "2026-11-30 12:00:00"); /* either day */
	next("10-30/10 * * * *", "2026-11-29 00:10:00", "2026-11-29 00:20:00");
	next("59 23 31 12 *", "2026-12-31 23:58:30", "2026-12-31 23:59:00");
}

static void refused(void)
{
	wrong("60 * * * *", "minute");
	wrong("* 24 * * *", "hour");
	wrong("* * 0 * *", "day of the month");
	wrong("* * * 13 *", "month");
	wrong("* * * * 8", "day of the week");
	wrong("* * * *", "day of the week");
	wrong("* * * * * *", "more than five");
	wrong("30-10 * * * *", "minute");
	wrong("*/0 * * * *", "minute");
	wrong("1,,2 * * * *", "minute");
	wrong("000 * * * *", "minute");
	wrong("*5 * * * *", "minute");
	wrong("", "minute");
	wrong("0 0 30 2 *", "never");
}

int main(void)
{
	words();
	fields();
	refused();
	return t_done();
}
