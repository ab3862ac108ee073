/* SPDX-License-Identifier: MIT */
/* Parses relations between packages (Debian Policy 7.1): "libc6 (>= 2.36), default-mta |
 * mail-transport-agent, python3:any". */
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

/* The part between two commas: any one of its alternatives satisfies it. */
struct relation {
	const char *text;
	const struct alternative *alternatives;
	size_t count; /* at least 1 */
};

/* Parses a field's value into arena; ERR_FETCH quotes the words that cannot be parsed. */
struct err *relation_parse(struct arena *arena, struct slice field, struct relation **ret,
			   size_t *ret_count) MUST_CHECK;
/* Whether version satisfies a; NULL, the version of an unversioned Provides, satisfies RELATION_ANY only. */
bool relation_fits(const struct alternative *a, const char *version);
