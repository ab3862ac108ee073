/* SPDX-License-Identifier: MIT */
/* Suites on their way from a source to its verified Release. */
#pragma once
#include "debian/release_file.h"
#include "fetch/archive.h"

struct suite {
	const struct source *src;
	struct digest inrelease;
	const char *url; /* that had it; NULL: no mirror has */
	size_t tried;	 /* mirrors that are out */
	bool settled;
	char *refused; /* why what a mirror had is no good; NULL: none had anything */
	char *text;    /* the verified Release */
	struct release_file release;
	int pin;
};

/* Fetches the InRelease of every source, verifies it (signed.h) and checks its dates; suites has a zeroed
 * row for each. What is wrong at one mirror is tried at the next. In the end a suite's url is NULL only
 * when it may be missing and is. */
struct err *suite_fetch(struct store *s, struct sources *sources, struct suite *suites,
			struct progress *p) MUST_CHECK;
/* A suite whose name ends in '/' is a flat archive: one list beside its InRelease, without
 * dists/, components and architectures. */
bool suite_is_flat(const char *suite);
/* Where a file of a suite is below a mirror: "dists/trixie/InRelease". The caller's to free. */
char *suite_path(const char *suite, const char *file);
void suite_done(struct suite *suites, size_t count);
