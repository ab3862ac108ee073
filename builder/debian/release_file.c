/* SPDX-License-Identifier: MIT */
#include "debian/release_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "debian/control.h"

#define DAY INT64_C(86400)
#define LAST_SECOND INT64_C(253402300799) /* of the year 9999 */

/* Days since 1970-01-01 of the Gregorian calendar; month 0 .. 11. */
static int64_t days_before(int64_t year, int64_t month, int64_t day)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	int64_t last = year - (month < 2); /* the last year whose leap day is behind us */

	return (year - 1970) * 365 + (last / 4 - last / 100 + last / 400) -
	       (1969 / 4 - 1969 / 100 + 1969 / 400) + before[month] + day - 1;
}

static bool take_number(struct slice text, uint64_t least, uint64_t most, int64_t *ret)
{
	uint64_t n;

	if (text.len > 4 || !control_number(text, &n) || n < least || n > most)
		return false;
	*ret = (int64_t)n;
	return true;
}

/* "02:11:10" */
static bool parse_clock(struct slice text, int64_t *ret)
{
	int64_t hours, minutes, seconds;

	if (text.len != 8 || text.at[2] != ':' || text.at[5] != ':')
		return false;
	if (!take_number((struct slice){ text.at, 2 }, 0, 23, &hours) ||
	    !take_number((struct slice){ text.at + 3, 2 }, 0, 59, &minutes) ||
	    !take_number((struct slice){ text.at + 6, 2 }, 0, 60, &seconds))
		return false;
	*ret = hours * 3600 + minutes * 60 + seconds;
	return true;
}

/* "Fri, 20 Nov 2026 02:11:10 UTC": as RFC 5322 writes dates, the zone always UTC. */
static bool parse_date(struct slice text, int64_t *ret)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct slice word[6] = { 0 }, rest;
	int64_t day, month = 0, year, seconds;

	for (size_t i = 0; i < COUNT(word); i++)
		if (!control_word(&text, &word[i]))
			return false;
	if (control_word(&text, &rest) || word[0].len != 4 || word[0].at[3] != ',' || word[2].len != 3)
		return false;
	while (month < 12 && memcmp(months + 3 * month, word[2].at, 3) != 0)
		month++;
	bool utc = control_is(word[5], "UTC") || control_is(word[5], "GMT") || control_is(word[5], "+0000");
	if (month == 12 || !utc || !take_number(word[1], 1, 31, &day) ||
	    !take_number(word[3], 1970, 9999, &year) || !parse_clock(word[4], &seconds))
		return false;
	*ret = days_before(year, month, day) * DAY + seconds;
	return true;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct release_file_entry *)a)->path,
		      ((const struct release_file_entry *)b)->path);
}

/* Lines of digest, size and path. */
static struct err *parse_files(struct slice list, struct release_file *r)
{
	struct {
		struct release_file_entry *items;
		size_t count, room;
	} files = { 0 };
	struct slice sha256, size, path;

	while (control_word(&list, &sha256)) {
		struct release_file_entry f;
		if (!control_word(&list, &size) || !control_word(&list, &path) ||
		    !control_sha256(sha256, &f.sha256) || !control_number(size, &f.size_bytes) ||
		    !control_is_path(path)) {
			free(files.items);
			return err_new(ERR_FETCH, "entry %zu of the SHA256 list cannot be read",
				       files.count + 1);
		}
		f.path = arena_dup(&r->arena, path.at, path.len);
		VEC_PUSH(&files, f);
	}
	if (!files.count)
		return err_new(ERR_FETCH, "there is no SHA256 list");
	qsort(files.items, files.count, sizeof *files.items, by_path);
	r->files = files.items;
	r->file_count = files.count;
	return NULL;
}

static const char *keep(struct release_file *r, struct slice value)
{
	return value.at ? arena_dup(&r->arena, value.at, value.len) : "";
}

static struct err *parse(struct slice stanza, struct release_file *r)
{
	struct slice date = control_get(stanza, "Date"), until = control_get(stanza, "Valid-Until");

	r->suite = keep(r, control_get(stanza, "Suite"));
	r->codename = keep(r, control_get(stanza, "Codename"));
	r->origin = keep(r, control_get(stanza, "Origin"));
	r->label = keep(r, control_get(stanza, "Label"));
	r->by_hash = control_is(control_get(stanza, "Acquire-By-Hash"), "yes");
	if (!parse_date(date, &r->date))
		return err_new(ERR_FETCH,
			       "the Date is missing or not like \"Sat, 01 Jan 2028 00:00:00 UTC\"");
	if (until.at && !parse_date(until, &r->valid_until))
		return err_new(ERR_FETCH, "the Valid-Until is not like \"Sat, 01 Jan 2028 00:00:00 UTC\"");
	return parse_files(control_get(stanza, "SHA256"), r);
}

struct err *release_file_parse(const char *bytes, size_t len, struct release_file *ret)
{
	struct control c = { bytes, bytes + len };
	struct slice stanza, more;
	struct release_file r = { 0 };

	if (!len || memchr(bytes, '\0', len) || !control_next(&c, &stanza) || control_next(&c, &more))
		return err_new(ERR_FETCH, "Release: not one stanza of text");
	struct err *e = parse(stanza, &r);
	if (e) {
		release_file_done(&r);
		return err_wrap(e, "Release");
	}
	*ret = r;
	return NULL;
}

const struct release_file_entry *release_file_find(const struct release_file *r, const char *path)
{
	struct release_file_entry wanted = { .path = path };

	return bsearch(&wanted, r->files, r->file_count, sizeof *r->files, by_path);
}

/* "2026-11-20 02:11 UTC", the date found again by counting days. */
char *release_file_date(int64_t date)
{
	date = date < 0 ? 0 : date > LAST_SECOND ? LAST_SECOND : date;
	int64_t days = date / DAY, year = 1970 + days / 366, month = 11;
	while (days_before(year + 1, 0, 1) <= days)
		year++;
	while (days_before(year, month, 1) > days)
		month--;
	return mem_printf("%04lld-%02lld-%02lld %02lld:%02lld UTC", (long long)year, (long long)month + 1,
			  (long long)(days - days_before(year, month, 1) + 1), (long long)(date % DAY / 3600),
			  (long long)(date % 3600 / 60));
}

struct err *release_file_check(const struct release_file *r, const char *suite, int64_t now,
			       int64_t last_date, bool old)
{
	AUTO_FREE char *date = release_file_date(r->date), *last = release_file_date(last_date),
		       *until = release_file_date(r->valid_until);
	AUTO_FREE char *clock = release_file_date(now);
	const char *name = suite ? suite : r->suite;

	if (suite && strcmp(suite, r->suite) != 0 && strcmp(suite, r->codename) != 0)
		return err_new(ERR_FETCH, "asked for suite %s, the archive sent %s (%s)", suite, r->suite,
			       r->codename);
	if (r->date - DAY > now)
		return err_new(
			ERR_FETCH,
			"suite %s is of %s, which is in the future: is this machine's clock, %s, right?",
			name, date, clock);
	if (old)
		return NULL;
	if (r->date < last_date)
		return err_new(ERR_FETCH,
			       "suite %s is of %s, older than the one of %s seen before: try another mirror",
			       name, date, last);
	if (r->valid_until && r->valid_until < now)
		return err_new(ERR_FETCH,
			       "suite %s was valid until %s, and this machine's clock is %s: the mirror is "
			       "out of date, try another (or correct the clock, or accept an old state with "
			       "base.check_valid_until: false)",
			       name, until, clock);
	return NULL;
}

void release_file_done(struct release_file *r)
{
	free(r->files);
	arena_done(&r->arena);
	*r = (struct release_file){ 0 };
}
