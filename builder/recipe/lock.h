/* What a recipe resolved to: the file <recipe>.lock beside it (demo.yml -> demo.lock),
 * YAML that reads well in a diff, one package a line. A build writes it when it is
 * absent and otherwise uses exactly it; `mkbench lock` writes it anew. */
#pragma once
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "recipe/recipe.h"

struct lock_package {
	const char *name, *version, *architecture;
	const char *archive;     /* "bookworm", "bookworm-security": whose URL it is below */
	const char *filename;
	const char *layer;       /* "base", "services", "runtime", "build", "disk", "boot": where it is poured */
	const char *also;        /* "disk", "boot" when a package of "build" is there, too; else NULL */
	const char *because;     /* package whose dependency asked for it; NULL: Essential or asked for */
	uint64_t size_bytes;
	struct digest sha256;
};

struct lock_app {
	const char *name;
	const char *commit;      /* git: full commit id; else NULL */
	const char *tree;        /* digest of its files, "sha256:…" */
};

struct lock {
	struct arena arena;
	struct digest asked;     /* digest of what in the recipe the lock answers (lock_asked) */
	int64_t epoch;           /* newest Date of the archives used: the clock of the build */
	struct lock_package *packages; size_t package_count;
	struct lock_app *apps; size_t app_count;
};

/* Digest of the parts of a recipe that decide what is resolved: suite, architecture,
 * packages (those of services and framework included), archives, apps. Not: sites, memory, ports. */
struct digest lock_asked(const struct recipe *r, const char *const *packages, size_t package_count);

char *lock_path(const char *recipe_path);                  /* the caller's to free */
/* ret_found false when there is none. ERR_RECIPE with file:line:col when it cannot be read. */
struct err *lock_read(const char *path, struct lock *ret, bool *ret_found) MUST_CHECK;
struct err *lock_write(const char *path, const struct lock *l) MUST_CHECK;
void lock_done(struct lock *l);
