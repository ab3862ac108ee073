/* SPDX-License-Identifier: MIT */
/* Says how a lock is out of date, and which command mends it. */
#pragma once
#include "build/build_context.h"
#include "recipe/lock_change.h"

/* ERR_RECIPE for these changes of apps: "app 'stock' has another ref, app 'shop' is new: run …" */
struct err *build_stale_lock_apps(const struct build_context *j,
				  const struct lock_change_set *changes) MUST_CHECK;
/* ERR_RECIPE for a change of anything else. */
struct err *build_stale_lock(const struct build_context *j) MUST_CHECK;
