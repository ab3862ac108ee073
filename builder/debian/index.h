/* The packages a recipe may draw from: one or more Packages texts, indexed by
 * name and by what they provide. Texts must outlive the index. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/err.h"
#include "debian/control.h"

enum relation { RELATION_ANY, RELATION_BEFORE, RELATION_UPTO, RELATION_IS, RELATION_FROM, RELATION_AFTER };

struct package;

/* One alternative of a dependency: "name:arch (>= version)". */
struct alternative {
	const char *name;
	const char *version;     /* NULL with RELATION_ANY */
	uint8_t relation;        /* enum relation */
	bool any_arch;           /* ":any" */
	bool last;               /* ends its group of alternatives ("a | b") */
};

struct package {
	const char *name, *version, *architecture, *source;
	const char *filename;    /* below the archive's URL */
	uint64_t size_bytes, installed_kib;
	struct digest sha256;
	uint8_t priority;        /* 0 required .. 4 extra */
	bool essential, protected_;
	uint8_t multi_arch;      /* 0 no, 1 same, 2 foreign, 3 allowed */
	uint32_t archive;        /* which of the texts it came from */
	int pin;                 /* priority of that text */
	struct slice stanza;
	/* runs of alternatives; each group ends with .last; counts are of alternatives */
	const struct alternative *depends, *recommends, *conflicts, *provides; /* depends has Pre-Depends first, then Depends */
	uint32_t depends_count, recommends_count, conflicts_count, provides_count; /* conflicts: Conflicts and Breaks */
};

struct index;

struct index *index_new(const char *architecture);
/* Adds a Packages text; the highest pin, then the highest version of a name wins.
 * ERR_FETCH with the line when a stanza cannot be read. */
struct err *index_add(struct index *ix, const char *bytes, size_t len, uint32_t archive, int pin) MUST_CHECK;
void index_seal(struct index *ix); /* after the last index_add, before any look-up */
const struct package *index_find(const struct index *ix, const char *name); /* candidate of a name, or NULL */
size_t index_count(const struct index *ix);
const struct package *index_at(const struct index *ix, size_t i); /* by name order */
/* Who provides name: returns count, fills ret with a borrowed array. */
size_t index_providers(const struct index *ix, const char *name, const struct package *const **ret);
void index_free(struct index *ix);
