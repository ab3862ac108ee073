/* SPDX-License-Identifier: MIT */
/* A bill of materials: what an image is made of, or what a lock says that one will be made of, in two formats
 * that scanners read. Nothing of it depends on who asks, where or when: equal images give equal bytes. */
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
	/* ours, that run inside the image, and interpreters that are no Debian packages */
	SBOM_PROGRAM,
	SBOM_LIBRARY, /* linked into a program */
	SBOM_KIND_COUNT
};

#define SBOM_NOBODY SIZE_MAX

struct sbom_part {
	enum sbom_kind kind;
	const char *name, *version; /* version NULL: it is not known */
	const char *purl;
	const char *license;	  /* an SPDX expression (sbom/license.h), or NULL: nobody has said */
	const char *license_path; /* where the licence is said, as a path of the image, or NULL */
	const char *source;	  /* "glibc 2.36-9", of Debian; else NULL */
	const char *depends;	  /* Debian's field, or NULL */
	const char *path;	  /* what says so, as a path of the image, or NULL */
	const char *commit;	  /* an app's, or NULL */
	struct digest sha256;	  /* of its file, or an app's content; zero: not known */
	size_t within;		  /* the part that it is a piece of, or SBOM_NOBODY */
};

struct sbom {
	struct arena arena;
	const char *name, *version; /* the image's; version NULL: it has none */
	const char *architecture;   /* as Go calls it, or NULL */
	int64_t created;	    /* seconds since 1970; 0: it is not said */
	/* of the image's manifest, or else its configuration; of the lock's packages and apps */
	struct digest digest;
	bool built;		 /* false: it is from a lock */
	const char *remark;	 /* what is not known of it, for people, or NULL */
	struct sbom_part *items; /* by kind, then as they were found */
	size_t count, room;
};

enum sbom_format { SBOM_SPDX, SBOM_CYCLONEDX };

void sbom_image(const struct contents *c, struct sbom *ret);
/* From a lock alone: packages, commits and pins; no licences, and nothing of what only a build decides. */
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
	/* what no lock decides: apps that were taken from folders of the machine, our own programs */
	const struct sbom_subject *folders;
	size_t folder_count;
};

/* Who built what from which materials: an in-toto statement with SLSA's provenance, version 1. All that
 * the lock names is a material, tools too that are not in the image. No time and no machine are in it: the
 * same build has the same bytes. */
void sbom_provenance(const struct recipe *r, const struct lock *l, const struct sbom_build *b,
		     struct text *out);
/* SPDX 2.3 or CycloneDX 1.5, JSON with a line feed at its end. */
void sbom_print(const struct sbom *s, enum sbom_format format, struct text *out);
void sbom_done(struct sbom *s);
#define AUTO_SBOM __attribute__((cleanup(sbom_done)))

/* For the two that make one. Texts are copied; NULL stays NULL. */
const char *sbom_keep(struct sbom *s, const char *text);
/* Takes the text over and frees it. */
const char *sbom_take(struct sbom *s, char *text);
struct sbom_part *sbom_add(struct sbom *s, const struct sbom_part *part);
/* An interpreter that is no Debian package; path as of a part. */
void sbom_lock_interpreter(struct sbom *s, const struct lock_runtime *r, const char *path);
