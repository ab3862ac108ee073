/* SPDX-License-Identifier: MIT */
/* Remembers which locks are a build's own: made by a build because there was none, with no build having ended
 * well since. Such a lock follows the recipe and the apps without a word from a person, who has not asked for
 * it. The store remembers this by the recipe's path and the lock's bytes: a lock that somebody else has put
 * there, or has changed, is none, and another machine's store knows of none. */
#pragma once
#include "build/build_context.h"

/* Whether the lock in j, as it was read, is one. */
bool build_own_lock_is(const struct build_context *j);
/* Writes the lock, and remembers what j->own_lock says of it. */
struct err *build_own_lock_write(struct build_context *j) MUST_CHECK;
/* Call when a build has ended well: from now on the lock is as one that 'mkbench lock' has made. */
struct err *build_own_lock_end(struct build_context *j) MUST_CHECK;
