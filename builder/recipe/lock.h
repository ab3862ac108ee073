/* SPDX-License-Identifier: MIT */
/* The lock: what a recipe resolved to, in the file <recipe>.lock beside it (demo.yml -> demo.lock), YAML with
 * one package a line for readable diffs. A build writes it if it is missing and otherwise uses exactly it;
 * `mkbench lock` writes it again. */
#pragma once
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "recipe/recipe.h"

/* Layers of packages, lowest first. BUILD: not in the image. DISK: only on a disk, in addition to the
 * image's. BOOT: provides a disk's boot loader and is not on the disk. */
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
	const char *archive; /* "bookworm", "bookworm-security": the archive that has it */
	const char *filename;
	int group; /* enum package_group: its layer */
	/* GROUP_DISK or GROUP_BOOT if a package of GROUP_BUILD is needed there, too; else 0 */
	int also;
	const char *because; /* package whose dependency required it; NULL: Essential or requested */
	uint64_t size_bytes;
	struct digest sha256;
};

struct lock_app {
	const char *name;
	/* as in the recipe; all NULL in an old lock that did not record it */
	const char *git, *ref, *sha256;
	bool submodules;
	const char *commit; /* git: full commit id; else NULL */
	/* of const char *: "PATH COMMIT" of each submodule, for people: the commit determines them */
	struct list modules;
	const char *tree; /* digest of its files, "sha256:…" */
};

/* An interpreter that is not a Debian package. */
struct lock_runtime {
	const char *name, *version; /* "python", "3.10.13" as its own files say, or as the recipe does */
	const char *from;	    /* its URL or path */
	const char *sha256;	    /* of the archive; NULL: it is a folder */
	const char *tree;	    /* digest of its files, "sha256:…" */
};

/* A lock file that a step of the framework made, such as versions of Python packages (service_pin_steps). */
struct lock_pins {
	const char *name;
	struct digest asked;	  /* of the apps' files that it was made from */
	const char *const *lines; /* printable ASCII, as in the file that the step wrote */
	size_t line_count;
	struct mark at; /* its position in the lock; nowhere if it was just made */
};

/* mkbench's own programs in the image. They are compiled together with mkbench, so two machines may have
 * different bytes from one source. */
struct lock_programs {
	struct digest source; /* of everything they are compiled from; zero: the lock names none */
	struct digest sha256; /* of their file */
	struct digest note;   /* of the file that lists what was linked into them */
};

struct lock {
	struct arena arena;
	struct digest asked; /* digest of the recipe's parts that the lock depends on (lock_asked) */
	int64_t epoch;	     /* newest Date of the archives used: the time that builds use */
	struct lock_programs programs;
	struct lock_package *packages;
	size_t package_count;
	/* of const char *: every app of the recipe, folders too; empty in an older lock */
	struct list order;
	struct lock_app *apps;
	size_t app_count;
	struct lock_runtime *runtimes;
	size_t runtime_count;
	/* names are unique; a build adds missing ones */
	struct lock_pins *pins;
	size_t pin_count;
	/* of the newest layer of prebaked sites; zero: none yet */
	struct digest sites;
};

/* Digest of the parts of a recipe that decide what is resolved: suite, architecture, packages (also those of
 * services and framework), archives, apps. Not included: sites, memory, ports. */
struct digest lock_asked(const struct recipe *r, const char *const *packages, size_t package_count);

char *lock_path(const char *recipe_path); /* the caller's to free */
/* ret_found false if there is none. ERR_RECIPE with file:line:col if it cannot be read. */
struct err *lock_read(const char *path, struct lock *ret, bool *ret_found) MUST_CHECK;
struct err *lock_write(const char *path, const struct lock *l) MUST_CHECK;
struct lock_app *lock_app_find(const struct lock *l, const char *name);		/* NULL: not in the lock */
const struct lock_pins *lock_pins_find(const struct lock *l, const char *name); /* NULL: not in the lock */
void lock_done(struct lock *l);
