/* SPDX-License-Identifier: MIT */
/* Relations between packages, as Debian Policy 7.1 writes them:
 * "libc6 (>= 2.36), default-mta | mail-transport-agent, python3:any". */
#pragma once
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "debian/control.h"

enum relation_order {
	RELATION_ANY,
	RELATION_BEFORE,
	RELATION_UPTO,
	RELATION_IS,
	RELATION_FROM,
	RELATION_AFTER
};

/* "name:arch (>= version)" */
struct alternative {
	const char *name;
	const char *arch;    /* "any", "amd64"…, or NULL */
	const char *version; /* NULL with RELATION_ANY */
	enum relation_order order;
};

/* What stands between two commas: any of its alternatives will do. */
struct relation {
	const char *text;
	const struct alternative *alternatives;
	size_t count; /* at least 1 */
};

/* Parses a field's value into arena; ERR_FETCH with the words that cannot be read. */
struct err *relation_parse(struct arena *arena, struct slice field, struct relation **ret,
			   size_t *ret_count) MUST_CHECK;
/* Whether version fits; NULL, the version of an unversioned Provides, fits RELATION_ANY only. */
bool relation_fits(const struct alternative *a, const char *version);
