/* SPDX-License-Identifier: MIT */
/* What a recipe resolved to: the file <recipe>.lock beside it (demo.yml -> demo.lock),
 * YAML that reads well in a diff, one package a line. A build writes it when it is
 * absent and otherwise uses exactly it; `mkbench lock` writes it anew. */
#pragma once
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "recipe/recipe.h"

/* Layers of packages, lowest first. BUILD: not in the image. DISK: beside the image's, on a disk. BOOT: gives
 * a disk its boot loader and is on none. */
enum package_group {
	GROUP_BASE,
	GROUP_SERVICES,
	GROUP_RUNTIME,
	GROUP_BUILD,
	GROUP_DISK,
	GROUP_BOOT,
	GROUP_COUNT
};
extern const char *const lock_group_names[GROUP_COUNT + 1]; /* NULL-terminated */

enum { LOCK_FORMAT = 1 };

struct lock_package {
	const char *name, *version, *architecture;
	const char *archive; /* "bookworm", "bookworm-security": whose URL it is below */
	const char *filename;
	int group; /* enum package_group: where it is poured */
	/* GROUP_DISK or GROUP_BOOT when a package of GROUP_BUILD is there, too; else 0 */
	int also;
	const char *because; /* package whose dependency asked for it; NULL: Essential or asked for */
	uint64_t size_bytes;
	struct digest sha256;
};

struct lock_app {
	const char *name;
	/* what the recipe asked for; all NULL in a lock of a time when none said it */
	const char *git, *ref, *sha256;
	bool submodules;
	const char *commit; /* git: full commit id; else NULL */
	/* of const char *: "PATH COMMIT" of each submodule, for people: the commit decides them */
	struct list modules;
	const char *tree; /* digest of its files, "sha256:…" */
};

/* An interpreter that is no Debian package. */
struct lock_runtime {
	const char *name, *version; /* "python", "3.10.13" as its own files say, or as the recipe does */
	const char *from;	    /* its URL or path */
	const char *sha256;	    /* of the archive, or NULL: it is a folder */
	const char *tree;	    /* digest of its files, "sha256:…" */
};

/* What a step of the framework resolved, such as versions of Python packages (service_pin_steps). */
struct lock_pins {
	const char *name;
	struct digest asked;	  /* of the apps' files that it answers */
	const char *const *lines; /* printable ASCII, as they stand in the file that the step left */
	size_t line_count;
	struct mark at; /* where it is written; nowhere when it was just resolved */
};

/* The programs of mkbench's own in the image. They are compiled where mkbench is, so two machines may
 * have other bytes of one source. */
struct lock_programs {
	struct digest source; /* of all that they are compiled from; zero: the lock names none */
	struct digest sha256; /* of their file */
	struct digest note;   /* of the file that says what was linked into them */
};

struct lock {
	struct arena arena;
	struct digest asked; /* digest of what in the recipe the lock answers (lock_asked) */
	int64_t epoch;	     /* newest Date of the archives used: the clock of the build */
	struct lock_programs programs;
	struct lock_package *packages;
	size_t package_count;
	/* of const char *: every app of the recipe, folders too; empty in such an older lock */
	struct list order;
	struct lock_app *apps;
	size_t app_count;
	struct lock_runtime *runtimes;
	size_t runtime_count;
	/* no two of one name; a build adds those that are missing */
	struct lock_pins *pins;
	size_t pin_count;
	/* of the layer of prebaked sites that was made last; zero: there is none yet */
	struct digest sites;
};

/* Digest of the parts of a recipe that decide what is resolved: suite, architecture,
 * packages (those of services and framework included), archives, apps. Not: sites, memory, ports. */
struct digest lock_asked(const struct recipe *r, const char *const *packages, size_t package_count);

char *lock_path(const char *recipe_path); /* the caller's to free */
/* ret_found false when there is none. ERR_RECIPE with file:line:col when it cannot be read. */
struct err *lock_read(const char *path, struct lock *ret, bool *ret_found) MUST_CHECK;
struct err *lock_write(const char *path, const struct lock *l) MUST_CHECK;
struct lock_app *lock_app_find(const struct lock *l, const char *name);		/* NULL: it pins none */
const struct lock_pins *lock_pins_find(const struct lock *l, const char *name); /* NULL: it has none */
void lock_done(struct lock *l);
