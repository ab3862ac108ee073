/* SPDX-License-Identifier: MIT */
/* Parses a Release file (the verified payload of InRelease), which describes a suite. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"

struct release_file_entry {
	/* below dists/SUITE, e.g. "main/binary-amd64/Packages.xz"; no "..", not absolute */
	const char *path;
	uint64_t size_bytes;
	struct digest sha256;
};

struct release_file {
	struct arena arena;
	const char *suite, *codename, *origin, *label; /* "" if the text does not say */
	int64_t date, valid_until; /* seconds since 1970, UTC; valid_until 0: none given */
	bool by_hash;
	struct release_file_entry *files; /* the SHA256 list only, sorted by path */
	size_t file_count;
};

/* ERR_FETCH if the text is not exactly one stanza, lacks a Date or a SHA256 list, or cannot be parsed. ret
 * needs release_file_done on success only. */
struct err *release_file_parse(const char *bytes, size_t len, struct release_file *ret) MUST_CHECK;
const struct release_file_entry *release_file_find(const struct release_file *r,
						   const char *path); /* or NULL */
/* Checks that suite is its Suite or Codename (NULL: any), and that Date is at most a day ahead of now. Unless
 * old is set, also that Date is not before last_date and that Valid-Until has not passed. ERR_FETCH says
 * which check failed. */
struct err *release_file_check(const struct release_file *r, const char *suite, int64_t now,
			       int64_t last_date, bool old) MUST_CHECK;
/* "2026-11-20 02:11 UTC" of seconds since 1970; the caller's to free. */
char *release_file_date(int64_t date);
void release_file_done(struct release_file *r);
