/* SPDX-License-Identifier: MIT */
/* What the cache of Redis held at a clean stop is there again at the next start, if that is of the same image
 * over the same tables: pages need not be worked out anew. Any doubt empties it. Only for a cache that has a
 * folder (redis.cache.persistence). */
#pragma once
#include "lib/bench.h"

/* At a stop, while MariaDB still answers: whether nobody uses the bench any more, not even from outside of
 * Supervisor. False as well for a bench that keeps no cache. */
bool kept_cache_is_idle(const struct bench *b);
/* Redis writes the cache, within limit_ms. False when it has not, or when it is too large or the volume too
 * full: then it begins empty. */
bool kept_cache_save(const struct bench *b, unsigned limit_ms);
/* For the stamp of a clean stop in which Redis has written the cache, once MariaDB and Redis have ended: what
 * is on disk. The caller releases it. */
json_t *kept_cache_note(const struct bench *b);
/* Before Redis starts: removes what does not belong to this start. stamp: the one of the last stop, NULL if
 * it was not clean. */
void kept_cache_look(const struct bench *b, const json_t *stamp);
/* Once Redis answers: the files go, so that no later start finds them; a cache that has not loaded one, or
 * whose file stays, is emptied, and each when the tables have changed since. */
struct err *kept_cache_begin(const struct bench *b, bool changed) MUST_CHECK;
/* Empties each cache: a site's tables are not those that its entries were made from. */
void kept_cache_forget(const struct bench *b);
