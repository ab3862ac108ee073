/* SPDX-License-Identifier: MIT */
/* Reads services/audit.yml, the rules for what no image may contain. */
#pragma once
#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "schema/schema.h"

struct audit_place {
	const char *kind;
	struct list paths; /* globs, like all below; "*" matches "/" too */
	bool packed;	   /* applies inside archives, too */
};

/* A secret recognised by its form: begins, then letters (a set such as "A-Za-z0-9_-"), least to most of them
 * (0: any number). after: what stands before it is such a letter; NULL: no letter and no digit does. */
struct audit_token {
	const char *kind, *letters, *after;
	struct list begins;
	uint64_t least, most;
};

/* A secret recognised by its name, in files of certain names. */
struct audit_value {
	const char *kind;
	struct list files, except, names; /* names: globs, case-insensitive */
	bool likely;			  /* only likely a secret, and only if the value looks random */
	uint64_t least;			  /* minimum length in characters */
	const char *letters;		  /* allowed characters, a set such as A-Za-z0-9; NULL: any */
};

struct audit_rules {
	struct list places, published, meant, urls, tokens, values;
	struct digest digest; /* of the file */
};

/* Allocates in the arena. ERR_RECIPE with the file's line if it is invalid. */
struct err *audit_rules_read(struct arena *a, const char *share, struct audit_rules *ret) MUST_CHECK;
