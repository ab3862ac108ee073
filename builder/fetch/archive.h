/* SPDX-License-Identifier: MIT */
/* Debian archives: which ones a recipe means, their signed indexes, their files. */
#pragma once
#include "base/progress.h"
#include "debian/index.h"
#include "fetch/proxy.h"
#include "recipe/recipe.h"
#include "store/store.h"

/* One suite of one archive with the mirrors that carry it. */
struct source {
	/* the suite, "bookworm-security"; "bookworm@host" for a second archive of that suite */
	const char *name;
	const char *suite;	    /* below dists/; with a '/' at its end a flat archive (suite.h) */
	const char *const *mirrors; /* URLs without trailing slash, NULL-terminated */
	const char *const *components;
	const char *const *keys; /* keyrings (signed.h) */
	bool optional;		 /* may be missing on every mirror, if it was never seen there */
	bool foreign;		 /* not of Debian's own: what it calls its suite is its own matter */
	/* holds security updates: when it is missing, the error says how to do without */
	bool security;
	/* 500; an archive that says NotAutomatic is read at 1 or 100, as apt does */
	int pin;
};

struct sources {
	struct arena arena;
	struct source *items;
	size_t count;
	struct proxies proxies; /* for all of them */
	/* an old state is meant: lists may be past their Valid-Until, and older than seen before */
	bool old;
};

/* The recipe's mirrors and archives, else those of the host's apt configuration ($MKBENCH_APT or
 * /etc/apt) whose suite is the recipe's; failing that those of the host's own suite, with the name
 * replaced. With -updates and -security beside the suite, unless it is sid or the recipe wants no
 * security updates: where apt names no place for them, below the suite's own mirrors (and, as Debian does
 * it, security at "MIRROR-security"). Only -updates may be missing, where nobody names it. Only the
 * component main, since what else a host happens to use is not the recipe's. Lists of mirrors are
 * followed; where apt has no archive in the network, as after an installation from DVD, those of its own
 * example are taken, with a note. base.architecture is set. The recipe's key goes before those that apt
 * names. ERR_RECIPE with a hint when no mirror is known. */
struct err *archive_sources(const struct recipe *r, struct store *s, struct progress *p,
			    struct sources *ret) MUST_CHECK;
void archive_sources_done(struct sources *s);

/* Fetches each InRelease, verifies it (signed.h), checks dates against now and against the newest Date
 * seen before at that mirror (refs of kind "archive"), fetches the Packages indexes by hash and loads
 * them. What is wrong at one mirror is tried at the next; no mirror's "not found" makes up for what was
 * wrong at another. Decompressed indexes stay in the store, under the digest of the compressed ones
 * (refs of kind "archive-index"). */
struct archive_index {
	struct index *index;
	char **texts; /* the bytes the index points into */
	size_t text_count;
	int64_t epoch; /* newest Date */
};
struct err *archive_refresh(struct store *s, struct sources *src, const char *architecture,
			    struct progress *p, struct archive_index *ret) MUST_CHECK;
void archive_index_done(struct archive_index *ix);

/* URLs of a file of an archive, one a mirror, NULL-terminated, in arena; none when the archive is not known.
 * Such a URL may be file:// (want.local). */
const char *const *archive_urls(struct arena *a, const struct sources *src, const char *archive,
				const char *filename);
