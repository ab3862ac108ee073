/* SPDX-License-Identifier: MIT */
/* A bill of materials: the parts of an image, or those that a lock says it will have, in two formats that
 * scanners read. It does not depend on who asks, where or when: equal images give equal bytes. */
#pragma once
#include "base/text.h"
#include "recipe/lock.h"
#include "report/contents.h"

enum sbom_kind {
	SBOM_SYSTEM, /* "debian" "12", as os-release says */
	SBOM_DEBIAN,
	SBOM_PYTHON,
	SBOM_NODE,
	SBOM_APP,
	/* mkbench's own programs in the image, and interpreters that are not Debian packages */
	SBOM_PROGRAM,
	SBOM_LIBRARY, /* linked into a program */
	SBOM_KIND_COUNT
};

#define SBOM_NOBODY SIZE_MAX

struct sbom_part {
	enum sbom_kind kind;
	const char *name, *version; /* version NULL: unknown */
	const char *purl;
	const char *license;	  /* an SPDX expression (sbom/license.h), or NULL: unknown */
	const char *license_path; /* path in the image of the licence text, or NULL */
	const char *source;	  /* "glibc 2.36-9", for Debian; else NULL */
	const char *depends;	  /* Debian's field, or NULL */
	const char *path;	  /* path in the image of the file that identifies it, or NULL */
	const char *commit;	  /* an app's, or NULL */
	struct digest sha256;	  /* of its file, or an app's content; zero: unknown */
	size_t within;		  /* index of the part that contains it, or SBOM_NOBODY */
};

struct sbom {
	struct arena arena;
	const char *name, *version; /* of the image; version NULL: none */
	const char *architecture;   /* Go's name for it, or NULL */
	int64_t created;	    /* seconds since 1970; 0: unknown */
	/* of the image's manifest, or else its configuration; or of the lock's packages and apps */
	struct digest digest;
	bool built;		 /* false: it is from a lock */
	const char *remark;	 /* what is unknown, for people, or NULL */
	struct sbom_part *items; /* by kind, then in the order found */
	size_t count, room;
};

enum sbom_format { SBOM_SPDX, SBOM_CYCLONEDX };

void sbom_image(const struct contents *c, struct sbom *ret);
/* From a lock alone: packages, commits and lock files; no licences, and nothing that only a build
 * determines. */
void sbom_lock(const struct recipe *r, const struct lock *l, struct sbom *ret);
/* The same with the packages of all groups below groups (enum package_group). */
void sbom_lock_groups(const struct recipe *r, const struct lock *l, int groups, struct sbom *ret);

struct sbom_subject {
	const char *name;     /* "demo:1.0", "demo-1.0.raw" */
	struct digest digest; /* of an image's manifest; of a file's bytes */
};

struct sbom_build {
	const char *recipe_name;    /* "demo.yml" */
	struct digest recipe, lock; /* of the files' bytes */
	const char *build_id;
	const struct sbom_subject *subjects;
	size_t subject_count;
	/* inputs that no lock fixes: apps from folders of this machine, mkbench's own programs */
	const struct sbom_subject *folders;
	size_t folder_count;
};

/* Records who built what from which materials: an in-toto statement with SLSA provenance, version 1.
 * Everything that the lock names is a material, also tools that are not in the image. It has no times and no
 * machine names: the same build gives the same bytes. */
void sbom_provenance(const struct recipe *r, const struct lock *l, const struct sbom_build *b,
		     struct text *out);
/* SPDX 2.3 or CycloneDX 1.5, JSON with a line feed at its end. */
void sbom_print(const struct sbom *s, enum sbom_format format, struct text *out);
void sbom_done(struct sbom *s);
#define AUTO_SBOM __attribute__((cleanup(sbom_done)))

/* Copies a text for the two builders of an sbom; NULL stays NULL. */
const char *sbom_keep(struct sbom *s, const char *text);
/* Takes ownership of the text and frees it. */
const char *sbom_take(struct sbom *s, char *text);
struct sbom_part *sbom_add(struct sbom *s, const struct sbom_part *part);
/* Adds an interpreter that is not a Debian package; path as in a part. */
void sbom_lock_interpreter(struct sbom *s, const struct lock_runtime *r, const char *path);
