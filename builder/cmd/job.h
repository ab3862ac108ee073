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

struct job {
	const char *recipe_path;
	struct progress *progress;
	struct recipe recipe;
	struct service_set *services;
	struct store *store;
	char *lock_path;
	struct lock lock;
	struct plan plan;
	struct app_source *sources;      /* one an app of the recipe, once job_sources was called */
	struct app_source *overrides;    /* one an override */
};

/* Prints the recipe's problems to standard error. */
struct err *job_open(struct job *j, const char *recipe_path, enum progress_style style) MUST_CHECK;
/* Takes the lock beside the recipe, and with it the plan. ERR_RECIPE when it answers another recipe. */
struct err *job_lock_read(struct job *j, bool *ret_found) MUST_CHECK;
/* By the network: gets the archives' indexes and the apps' sources and chooses; the plan follows. */
struct err *job_lock_choose(struct job *j) MUST_CHECK;
/* The same, and writes the lock. */
struct err *job_lock_make(struct job *j) MUST_CHECK;
/* Moves one thing of the lock that was read, an app or a package, leaves the rest, and writes it. ERR_USAGE when it has no such. */
struct err *job_lock_update(struct job *j, const char *name) MUST_CHECK;
/* Gets every app's source as the lock pins it, and sees that each app has those it needs: ERR_BUILD when the file that says so
 * is not the one that was hashed any more. */
struct err *job_sources(struct job *j) MUST_CHECK;
/* The second half of that. */
struct err *job_needs(struct job *j) MUST_CHECK;
void job_close(struct job *j);
#define AUTO_JOB __attribute__((cleanup(job_close)))
