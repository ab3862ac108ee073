/* SPDX-License-Identifier: MIT */
/* An index of the available packages: one or more Packages texts, looked up by name and by what they provide.
 * Texts must outlive the index. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/err.h"
#include "debian/control.h"

enum index_priority {
	PRIORITY_REQUIRED,
	PRIORITY_IMPORTANT,
	PRIORITY_STANDARD,
	PRIORITY_OPTIONAL,
	PRIORITY_EXTRA
};
enum multi_arch { MULTI_ARCH_NO, MULTI_ARCH_SAME, MULTI_ARCH_FOREIGN, MULTI_ARCH_ALLOWED };

/* A parsed stanza. Relations stay text, because only a few hundred packages need theirs (control_get,
 * relation_parse). */
struct package {
	const char *name, *version, *architecture;
	const char *source;   /* the source package's name */
	const char *filename; /* below the archive's URL; no "..", not absolute */
	uint64_t size_bytes, installed_kib;
	struct digest sha256;
	struct slice stanza, provides; /* the whole of it; its Provides */
	uint32_t id;		       /* its index by name: index_at(ix, id) */
	uint32_t mention;	       /* when its name first appears in the texts (mention.h) */
	uint32_t archive;	       /* which of the texts it came from */
	int pin;		       /* priority of that text */
	uint8_t priority;	       /* enum index_priority */
	uint8_t multi_arch;	       /* enum multi_arch */
	bool essential;
	bool protected_; /* "Protected: yes" or its older spelling "Important: yes" */
};

/* A name that a package provides beside its own. */
struct provider {
	const char *name;
	const char *version; /* NULL: satisfies no versioned dependency */
	const struct package *package;
};

struct index;

/* More than any archive has (Debian: 64,000 packages, 80,000 names, 80 kB of one), and few enough to be kept
 * in memory. */
struct index_limit {
	size_t packages;
	size_t names;  /* of packages, in their relations and among what they provide, each once */
	size_t stanza; /* bytes of one */
};
#define INDEX_LIMIT (&(const struct index_limit){ 1000000, 4000000, 1 << 20 })

struct index *index_new(const char *architecture); /* borrowed */
/* Another limit than INDEX_LIMIT; borrowed. */
void index_set_limit(struct index *ix, const struct index_limit *limit);
/* Adds a Packages text; stanzas of other architectures are passed over. ERR_FETCH
 * with the line when a stanza cannot be read, lacks a field that a download needs,
 * has a name or path that would be unsafe as one, or goes beyond the limit. */
struct err *index_add(struct index *ix, const char *bytes, size_t len, uint32_t archive, int pin) MUST_CHECK;
/* Chooses each name's candidate: the highest pin, then the highest version. Call after the last index_add and
 * before any look-up. ERR_FETCH if a Provides cannot be parsed. */
struct err *index_seal(struct index *ix) MUST_CHECK;
const char *index_architecture(const struct index *ix);
size_t index_count(const struct index *ix);
const struct package *index_at(const struct index *ix, size_t i);	    /* candidates, by name */
const struct package *index_find(const struct index *ix, const char *name); /* or NULL */
/* The candidates that provide name, in order of preference: Essential, then Protected, then by Priority, then
 * the one mentioned last. Returns how many; ret is borrowed. */
size_t index_providers(const struct index *ix, const char *name, const struct provider **ret);
void index_free(struct index *ix);
