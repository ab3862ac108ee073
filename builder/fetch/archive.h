/* SPDX-License-Identifier: MIT */
/* Debian archives: finds those that a recipe uses, and fetches their signed indexes and files. */
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
	const char *suite;	    /* below dists/; one that ends in '/' is a flat archive (suite.h) */
	const char *const *mirrors; /* URLs without trailing slash, NULL-terminated */
	const char *const *components;
	const char *const *keys; /* keyrings (signed.h) */
	bool optional;		 /* may be missing on every mirror if it was never seen there */
	bool foreign;		 /* not Debian's own: its suite name is not checked */
	/* holds security updates: if it is missing, the error says how to do without */
	bool security;
	/* 500; an archive that says NotAutomatic is read at 1 or 100, as apt does */
	int pin;
};

struct sources {
	struct arena arena;
	struct source *items;
	size_t count;
	struct proxies proxies; /* for all of them */
	/* an old state is wanted: lists may be past their Valid-Until and older than seen before */
	bool old;
};

/* The recipe's mirrors and archives. Without these, those of the host's apt configuration ($MKBENCH_APT or
 * /etc/apt) for the recipe's suite; failing that, those for the host's own suite, with the name replaced.
 * -updates and -security are added, unless the suite is sid or the recipe wants no security updates. If apt
 * does not name them, they are taken from the suite's own mirrors (security also at "MIRROR-security", as
 * Debian has it). Only -updates may be missing, if nothing names it. Only the component main is used; what
 * else the host uses is not the recipe's. Lists of mirrors are followed. If apt has no archive in the
 * network, as after an installation from DVD, those of its own example are used, with a note.
 * base.architecture must be set. The recipe's key takes precedence over keys from apt. ERR_RECIPE with a hint
 * if no mirror is known. */
struct err *archive_sources(const struct recipe *r, struct store *s, struct progress *p,
			    struct sources *ret) MUST_CHECK;
void archive_sources_done(struct sources *s);

/* Fetches each InRelease, verifies it (signed.h), checks its dates against now and against the newest Date
 * seen at that mirror before (refs of kind "archive"), then fetches the Packages indexes by hash and loads
 * them. After an error the next mirror is tried; a "not found" of one mirror never hides an error of another.
 * The store keeps decompressed indexes under the digest of the compressed ones (refs of kind
 * "archive-index"). */
struct archive_index {
	struct index *index;
	char **texts; /* the bytes the index points into */
	size_t text_count;
	int64_t epoch; /* newest Date */
};
struct err *archive_refresh(struct store *s, struct sources *src, const char *architecture,
			    struct progress *p, struct archive_index *ret) MUST_CHECK;
void archive_index_done(struct archive_index *ix);

/* The URLs of a file of an archive, one for each mirror, NULL-terminated, in arena; empty if the archive is
 * unknown. They may be file:// URLs (want.local). */
const char *const *archive_urls(struct arena *a, const struct sources *src, const char *archive,
				const char *filename);
