/* Which packages are needed: Debian's left-to-right choice, as apt makes it for
 * `apt-get install --no-install-recommends` into an empty root. */
#pragma once
#include "debian/index.h"

struct resolve_request {
	const char *const *wanted; /* package names, in the recipe's order */
	size_t wanted_count;
	bool recommends;
	const char *const *forbidden; /* never choose these */
	size_t forbidden_count;
};

struct chosen {
	const struct package *package;
	const struct package *because; /* whose dependency asked for it; NULL: Essential or wanted */
	const char *relation;          /* text of that dependency, e.g. "default-mta | mail-transport-agent" */
};

struct resolution {
	struct chosen *items;    /* sorted by package name */
	size_t count;
};

/* ERR_BUILD with the chain of causes when no set fits; ret is the caller's to
 * release with resolve_done. */
struct err *resolve_run(const struct index *ix, const struct resolve_request *req, struct resolution *ret) MUST_CHECK;
/* "mariadb-server needs galera-4 needs libboost…": why a package is there; the caller's to free. */
char *resolve_why(const struct resolution *r, const char *name);
void resolve_done(struct resolution *r);
