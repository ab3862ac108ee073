/* SPDX-License-Identifier: MIT */
/* A job: what plan, lock and build begin with. Opening reads the recipe and the services it
 * needs; its lock is read, or made where there is none. */
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
	struct plan plan;
	struct app_source *sources;   /* one an app of the recipe, once build_context_sources was called */
	struct app_source *overrides; /* one an override */
	struct app_source *runtimes;  /* one a build of the recipe's 'runtime' */
	/* the lock's of before that are chosen anew, in its arena: a choice keeps to them where it can */
	struct lock_pins *earlier;
	size_t earlier_count;
	struct digest programs; /* of mkbench's own in the image, once the configuration was made */
};

/* Its recipe was read and its services are loaded. */
struct err *build_context_open(struct build_context *j, const char *recipe_path,
			       enum progress_style style) MUST_CHECK;
/* Takes the lock beside the recipe, and with it the plan. ERR_RECIPE when it answers another recipe. */
struct err *build_context_lock_read(struct build_context *j, bool *ret_found) MUST_CHECK;
/* By the network: gets the archives' indexes and the apps' sources and chooses; the plan follows. */
struct err *build_context_lock_choose(struct build_context *j) MUST_CHECK;
/* The same, and writes the lock. */
struct err *build_context_lock_make(struct build_context *j) MUST_CHECK;
/* Reads the lock, moves these apps and packages of it, with packages that the apps then declare, leaves the
 * rest, and writes it. An app of which the recipe asks for something else, a new one and one that is gone
 * are moved when they are named. ERR_USAGE when there is no lock or it has no such; ERR_RECIPE when it
 * answers another recipe in anything else. */
struct err *build_context_lock_update(struct build_context *j, const char *const *names,
				      size_t count) MUST_CHECK;
/* Gets every app's source as the lock pins it, or anew where it pins none. */
struct err *build_context_fetch(struct build_context *j) MUST_CHECK;
/* Gets every app's source as the lock pins it, and sees that each app has those it needs: ERR_BUILD when the
 * file that says so is not the one that was hashed any more. */
struct err *build_context_sources(struct build_context *j) MUST_CHECK;
/* A text file of an app's source, the caller's; NULL when it has no such file. ERR_BUILD as above. */
struct err *build_context_text(const struct build_context *j, size_t app, const char *file,
			       char **ret) MUST_CHECK;
/* The second half of build_context_sources. */
struct err *app_needs(struct build_context *j) MUST_CHECK;
void build_context_close(struct build_context *j);
#define AUTO_BUILD_CONTEXT __attribute__((cleanup(build_context_close)))
