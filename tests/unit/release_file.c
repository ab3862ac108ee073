/* SPDX-License-Identifier: MIT */
#include "debian/release_file.h"

#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "t.h"

#define SHA_A "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SHA_B "2bf8b69fe8e957e2a3aa8f8aaf8525803e35de2c7cd77f4addef838e95c18903"
#define LIST "SHA256:\n " SHA_A " 0 main/Z\n " SHA_B "     2732 main/binary-amd64/Packages.xz\n"

static struct err *parse(const char *text, struct release_file *ret)
{
	return release_file_parse(text, strlen(text), ret);
}

static void is_err(struct err *e, const char *want)
{
	AUTO_FREE char *text = e ? err_text(e) : NULL;

	is(text, want);
	ok(e && err_kind(e) == ERR_FETCH);
	err_free(e);
}

static void whole(void)
{
	static const char text[] = "Origin: Debian\nLabel: Debian-Security\nSuite: oldstable-security\n"
				   "Codename: bookworm-security\nDate: Fri, 20 Nov 2026 00:12:41 UTC\n"
				   "Valid-Until: Fri, 27 Nov 2026 00:12:41 UTC\nAcquire-By-Hash: yes\n"
				   "MD5Sum:\n d41d8cd98f00b204e9800998ecf8427e 0 main/only-md5\n" LIST;
	struct release_file r;
	char hex[DIGEST_HEX];

	ok(!parse(text, &r));
	is(r.origin, "Debian");
	is(r.label, "Debian-Security");
	is(r.suite, "oldstable-security");
	is(r.codename, "bookworm-security");
	ok(r.date == 1795133561 && r.valid_until == r.date + 7 * 86400 && r.by_hash);
	ok(r.file_count == 2);
	const struct release_file_entry *f = release_file_find(&r, "main/binary-amd64/Packages.xz");
	ok(f && f->size_bytes == 2732);
	is(f ? digest_hex(&f->sha256, hex) : NULL, SHA_B);
	ok(release_file_find(&r, "main/Z") && !release_file_find(&r, "main/only-md5") &&
	   !release_file_find(&r, "main"));
	release_file_done(&r);

	ok(!parse("Date: Thu, 01 Jan 1970 00:00:00 GMT\n" LIST, &r));
	is(r.suite, "");
	is(r.codename, "");
	ok(r.date == 0 && !r.valid_until && !r.by_hash);
	release_file_done(&r);
}

/* Every day of 1970 .. 2105 against the C library's calendar. */
static void calendar(void)
{
	static const char month[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	size_t wrong = 0;

	for (time_t at = 3723; at < (time_t)136 * 366 * 86400; at += 86400) {
		struct tm tm;
		struct release_file r;
		gmtime_r(&at, &tm);
		AUTO_FREE char *text = mem_printf("Date: Mon, %d %s %d 01:02:03 +0000\n" LIST, tm.tm_mday,
						  month[tm.tm_mon], tm.tm_year + 1900);
		struct err *e = parse(text, &r);
		wrong += e || r.date != at;
		if (!e)
			release_file_done(&r);
		err_free(e);
	}
	ok(!wrong);
}

static void refusals(void)
{
	static const char *const dates[] = {
		"",
		"Fri, 20 Nov 2026 00:12:41",
		"Fri, 20 Nov 2026 00:12:41 CET",
		"Fri, 20 Nov 2026 00:12:41 +0100",
		"Fri, 32 Nov 2026 00:12:41 UTC",
		"Fri, 20 Now 2026 00:12:41 UTC",
		"Fri, 20 Nov 26 00:12:41 UTC",
		"Fri, 20 Nov 2026 24:12:41 UTC",
		"Fri, 20 Nov 2026 0:12:41 UTC",
		"20 Nov 2026 00:12:41 UTC",
		"Fri, 20 Nov 2026 00:12:41 UTC UTC",
		"Fri, 20 Nov 2026 00.12.41 UTC",
		"Fri, -1 Nov 2026 00:12:41 UTC",
		"Fri, 20 anF 2026 00:12:41 UTC",
	};
	struct release_file r;

	for (size_t i = 0; i < COUNT(dates); i++) {
		AUTO_FREE char *text = mem_printf("Date: %s\n" LIST, dates[i]);
		is_err(parse(text, &r),
		       "Release: the Date is missing or not like \"Sat, 01 Jan 2028 00:00:00 UTC\"");
	}
#define DATED "Date: Fri, 20 Nov 2026 00:12:41 UTC\n"
	is_err(parse(DATED "Valid-Until: soon\n" LIST, &r),
	       "Release: the Valid-Until is not like \"Sat, 01 Jan 2028 00:00:00 UTC\"");
	is_err(parse(DATED, &r), "Release: there is no SHA256 list");
	is_err(parse(DATED "SHA256:\n", &r), "Release: there is no SHA256 list");
	is_err(parse(DATED "SHA1:\n " SHA_A " 0 a\n", &r), "Release: there is no SHA256 list");
	is_err(parse(DATED LIST " " SHA_A " 1\n", &r), "Release: entry 3 of the SHA256 list cannot be read");
	is_err(parse(DATED "SHA256:\n " SHA_A " x a\n", &r),
	       "Release: entry 1 of the SHA256 list cannot be read");
	is_err(parse(DATED "SHA256:\n abc 1 a\n", &r), "Release: entry 1 of the SHA256 list cannot be read");
	is_err(parse(DATED LIST " " SHA_A " 1 ../../a\n", &r),
	       "Release: entry 3 of the SHA256 list cannot be read");
	is_err(parse("", &r), "Release: not one stanza of text");
	is_err(parse(DATED LIST "\nSuite: x\n", &r), "Release: not one stanza of text");
	is_err(release_file_parse("Suite: \0x\n", 10, &r), "Release: not one stanza of text");
}

static void checks(void)
{
	struct release_file r;
	int64_t date = 1795133561, until = date + 7 * 86400;

	ok(!parse(DATED
		  "Valid-Until: Fri, 27 Nov 2026 00:12:41 UTC\nSuite: stable\nCodename: bookworm\n" LIST,
		  &r));
	ok(!release_file_check(&r, "bookworm", date, date, false));
	ok(!release_file_check(&r, "stable", until, 0, false));
	ok(!release_file_check(&r, "stable", date - 86400, 0, false));
	is_err(release_file_check(&r, "trixie", date, 0, false),
	       "asked for suite trixie, the archive sent stable (bookworm)");
	is_err(release_file_check(&r, "stable", date - 86401, 0, false),
	       "suite stable is of 2026-11-20 00:12 UTC, which is in the future: is this machine's clock, "
	       "2026-11-19 00:12 UTC, right?");
	is_err(release_file_check(&r, "stable", date, date + 1, false),
	       "suite stable is of 2026-11-20 00:12 UTC, older than the one of 2026-11-20 00:12 UTC seen "
	       "before: try another mirror");
	is_err(release_file_check(&r, "stable", date, INT64_MAX, false),
	       "suite stable is of 2026-11-20 00:12 UTC, older than the one of 9999-12-31 23:59 UTC seen "
	       "before: try another mirror");
	is_err(release_file_check(&r, "stable", until + 1, 0, false),
	       "suite stable was valid until 2026-11-27 00:12 UTC, and this machine's clock is 2026-11-27 "
	       "00:12 UTC: the mirror is out of date, "
	       "try another (or correct the clock, or accept an old state with base.check_valid_until: "
	       "false)");
	ok(!release_file_check(&r, "stable", until + 1, 0, true));
	ok(!release_file_check(&r, "stable", date, date + 1, true));
	is_err(release_file_check(&r, "trixie", date, 0, true),
	       "asked for suite trixie, the archive sent stable (bookworm)");
	is_err(release_file_check(&r, "stable", date - 86401, 0, true),
	       "suite stable is of 2026-11-20 00:12 UTC, which is in the future: is this machine's clock, "
	       "2026-11-19 00:12 UTC, right?");
	release_file_done(&r);
	ok(!parse(DATED "Codename: bookworm\n" LIST, &r));
	ok(!release_file_check(&r, "bookworm", INT64_C(1) << 40, 0, false)); /* no Valid-Until: old is fine */
	release_file_done(&r);
}

int main(void)
{
	whole();
	calendar();
	refusals();
	checks();
	return t_done();
}
