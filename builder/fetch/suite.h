/* SPDX-License-Identifier: MIT */
/* Fetches and verifies the Release file of each suite. */
#pragma once
#include "debian/release_file.h"
#include "fetch/archive.h"

struct suite {
	const struct source *src;
	struct digest inrelease;
	const char *url; /* where it came from; NULL: no mirror has it */
	size_t tried;	 /* mirrors that have failed */
	bool settled;
	char *refused; /* why a mirror's answer was refused; NULL: none had any */
	char *text;    /* the verified Release file */
	struct release_file release;
	int pin;
};

/* Fetches the InRelease of every source, verifies it (signed.h) and checks its dates; suites has a zeroed row
 * for each. After an error the next mirror is tried. At the end a suite's url is NULL only if the suite is
 * optional and missing. */
struct err *suite_fetch(struct store *s, struct sources *sources, struct suite *suites,
			struct progress *p) MUST_CHECK;
/* A suite whose name ends in '/' is a flat archive: one list beside its InRelease, without dists/, components
 * and architectures. */
bool suite_is_flat(const char *suite);
/* The path of a suite's file below a mirror: "dists/trixie/InRelease". The caller's to free. */
char *suite_path(const char *suite, const char *file);
void suite_done(struct suite *suites, size_t count);
