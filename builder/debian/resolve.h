/* SPDX-License-Identifier: MIT */
/* Chooses the packages to install, from left to right as `apt-get install --no-install-recommends` does in an
 * empty root. Roots are the Essential packages by name, then the wanted packages in their order. The
 * dependencies of each are followed to the bottom before the next. A dependency that is not met yet takes the
 * first of its alternatives; for each alternative the package of that name is preferred to those that provide
 * it (index_providers). If that ends in a conflict, the latest choice that contributed to it is changed. */
#pragma once
#include "base/arena.h"
#include "debian/index.h"

struct resolve_request {
	const char *const *wanted; /* package names, or virtual names that exactly one package provides */
	size_t wanted_count;
	bool recommends;	      /* follow Recommends if they can be installed */
	const char *const *forbidden; /* never choose these; unknown names are allowed */
	size_t forbidden_count;
};

struct chosen {
	const struct package *package;
	const struct package *because; /* whose relation required it first; NULL: Essential or wanted */
	/* that relation, e.g. "default-mta | mail-transport-agent"; NULL likewise */
	const char *relation;
};

struct resolution {
	struct arena arena;
	struct chosen *items; /* sorted by package name */
	size_t count;
};

/* ERR_RECIPE if a wanted name is unknown or forbidden; ERR_BUILD with the chain of causes if no set fits;
 * ERR_FETCH if a relation cannot be parsed. */
struct err *resolve_run(const struct index *ix, const struct resolve_request *req,
			struct resolution *ret) MUST_CHECK;
const struct chosen *resolve_find(const struct resolution *r, const char *name); /* or NULL */
/* "mariadb-server needs galera-4 needs libboost…": why a package is installed; the caller's to free. NULL if
 * it is not. */
char *resolve_why(const struct resolution *r, const char *name);
void resolve_done(struct resolution *r);
