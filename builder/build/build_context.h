/* SPDX-License-Identifier: MIT */
/* The build context: everything that plan, lock and build start from. Opening it reads the recipe and its
 * services, and reads the lock or makes it if there is none. */
#pragma once
#include "base/progress.h"
#include "fetch/source.h"
#include "plan/plan.h"
#include "recipe/lock.h"
#include "recipe/recipe.h"
#include "service/service.h"
#include "store/store.h"

struct build_context {
	const char *recipe_path;
	struct progress *progress;
	struct recipe recipe;
	struct service_set *services;
	struct store *store;
	char *lock_path;
	struct lock lock;
	bool own_lock; /* see build/build_own_lock.h; set it before a build makes the lock */
	struct plan plan;
	struct app_source *sources;   /* one for each app of the recipe, after build_context_sources */
	struct app_source *overrides; /* one for each override */
	struct app_source *runtimes;  /* one for each build in the recipe's 'runtime' */
	/* earlier lock entries that are resolved again, in the lock's arena: kept where possible */
	struct lock_pins *earlier;
	size_t earlier_count;
	struct digest programs; /* of mkbench's own programs in the image, once the configuration was made */
};

/* Reads the recipe and loads its services. */
struct err *build_context_open(struct build_context *j, const char *recipe_path,
			       enum progress_style style) MUST_CHECK;
/* Reads the lock beside the recipe and makes the plan from it. ERR_RECIPE if the lock is out of date; one
 * that is a build's own counts as absent then. */
struct err *build_context_lock_read(struct build_context *j, bool *ret_found) MUST_CHECK;
/* Uses the network: fetches the archives' indexes and the apps' sources, resolves, and makes the plan. */
struct err *build_context_lock_choose(struct build_context *j) MUST_CHECK;
/* Like build_context_lock_choose, then writes the lock. */
struct err *build_context_lock_make(struct build_context *j) MUST_CHECK;
/* Reads the lock, moves the named apps and packages, adds packages that these apps now declare, keeps the
 * rest, and writes it. An app that the recipe changed, added or removed is moved if it is named. ERR_USAGE if
 * there is no lock or it lacks a named one; ERR_RECIPE if the lock is out of date in anything else. */
struct err *build_context_lock_update(struct build_context *j, const char *const *names,
				      size_t count) MUST_CHECK;
/* Adds packages that apps declare now and the lock that was read lacks, and writes it if there are any. */
struct err *build_context_lock_add(struct build_context *j) MUST_CHECK;
/* Fetches every app's source at the commit in the lock, or resolves it where the lock has none. */
struct err *build_context_fetch(struct build_context *j) MUST_CHECK;
/* Fetches every app's source as locked, and checks that each app has the apps it needs. ERR_BUILD if the file
 * that declares them no longer has the bytes that were hashed. */
struct err *build_context_sources(struct build_context *j) MUST_CHECK;
/* Reads a text file of an app's source, the caller's to free; NULL if there is no such file. ERR_BUILD as
 * above. */
struct err *build_context_text(const struct build_context *j, size_t app, const char *file,
			       char **ret) MUST_CHECK;
/* The second half of build_context_sources: checks the apps that each app needs. */
struct err *app_needs(struct build_context *j) MUST_CHECK;
void build_context_close(struct build_context *j);
#define AUTO_BUILD_CONTEXT __attribute__((cleanup(build_context_close)))
