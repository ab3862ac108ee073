/* Relations between packages, as Debian Policy 7.1 writes them:
 * "libc6 (>= 2.36), default-mta | mail-transport-agent, python3:any". */
#pragma once
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "debian/control.h"

enum relation_order { RELATION_ANY, RELATION_BEFORE, RELATION_UPTO, RELATION_IS, RELATION_FROM, RELATION_AFTER };

/* "name:arch (>= version)" */
struct alternative {
	const char *name;
	const char *arch;        /* "any", "amd64"…, or NULL */
	const char *version;     /* NULL with RELATION_ANY */
	enum relation_order order;
};

/* What stands between two commas: any of its alternatives will do. */
struct relation {
	const char *text;
	const struct alternative *alternatives;
	size_t count;            /* at least 1 */
};

/* A growing array: the caller frees items, an arena has what they point to. */
struct relations {
	struct relation *items;
	size_t count, room;
};

/* Appends a field's relations; ERR_FETCH with the words that cannot be read. */
struct err *relation_parse(struct slice field, struct arena *arena, struct relations *to) MUST_CHECK;
/* Whether version fits; NULL, the version of an unversioned Provides, fits RELATION_ANY only. */
bool relation_fits(const struct alternative *a, const char *version);
