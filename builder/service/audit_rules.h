/* SPDX-License-Identifier: MIT */
/* services/audit.yml: what no image may hold, as data. */
#pragma once
#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "schema/schema.h"

struct audit_place {
	const char *kind;
	struct list paths; /* globs, as all below; "*" matches "/" too */
	bool packed;	   /* in an archive, too */
};

/* A secret by its form: begins, then letters (a set such as "A-Za-z0-9_-"), least to
 * most of them (0: any number). */
struct audit_token {
	const char *kind, *letters;
	struct list begins;
	uint64_t least, most;
};

/* A secret by the name that it is given, in files of some names. */
struct audit_value {
	const char *kind;
	struct list files, except, names; /* names: globs, letters of any case */
	bool likely;			  /* no more than that, and only for a value that looks random */
	uint64_t least;			  /* characters */
	const char *letters;		  /* a set such as A-Za-z0-9 that it is of; NULL: any */
};

struct audit_rules {
	struct list places, published, meant, urls, tokens, values;
	struct digest digest; /* of the file */
};

/* All in the arena. ERR_RECIPE with the file's line when it is not as it should be. */
struct err *audit_rules_read(struct arena *a, const char *share, struct audit_rules *ret) MUST_CHECK;
