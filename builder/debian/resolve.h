/* SPDX-License-Identifier: MIT */
/* Which packages are needed: Debian's left-to-right choice, as apt makes it for
 * `apt-get install --no-install-recommends` into an empty root. Roots are the
 * Essential packages by name, then the wanted ones in their order; the needs of each
 * are followed to the bottom before the next. A need that is not met yet takes the first
 * of its alternatives, left to right; for each alternative the package of that name before
 * those that provide it (index_providers). Where that ends in a conflict the latest choice
 * that had a part in it is made anew. */
#pragma once
#include "base/arena.h"
#include "debian/index.h"

struct resolve_request {
	const char *const *wanted; /* package names; a virtual name that one package alone provides will do */
	size_t wanted_count;
	bool recommends;	      /* follow Recommends where they can be had */
	const char *const *forbidden; /* never choose these; names that do not exist are fine */
	size_t forbidden_count;
};

struct chosen {
	const struct package *package;
	const struct package *because; /* whose relation asked for it first; NULL: Essential or wanted */
	/* that relation, e.g. "default-mta | mail-transport-agent"; NULL likewise */
	const char *relation;
};

struct resolution {
	struct arena arena;
	struct chosen *items; /* sorted by package name */
	size_t count;
};

/* ERR_RECIPE when a wanted name is unknown or forbidden; ERR_BUILD with the chain of
 * causes when no set fits; ERR_FETCH when a relation cannot be read. */
struct err *resolve_run(const struct index *ix, const struct resolve_request *req,
			struct resolution *ret) MUST_CHECK;
const struct chosen *resolve_find(const struct resolution *r, const char *name); /* or NULL */
/* "mariadb-server needs galera-4 needs libboost…": why a package is there; the
 * caller's to free. NULL when it is not there. */
char *resolve_why(const struct resolution *r, const char *name);
void resolve_done(struct resolution *r);
