/* SPDX-License-Identifier: MIT */
/* The image's Redis instances: the few operations that provisioning and health need. */
#pragma once
#include "lib/bench.h"

/* PING; for the queue also a write and its removal, which a full or read-only instance refuses. An instance
 * that still loads its data answers LOADING, which is an error. */
struct err *redis_probe(const struct bench_redis *r, unsigned limit_ms) MUST_CHECK;
/* Runs one command, its words as in printf. The caller frees the reply: a text, a number, an array, or null.
 */
struct err *redis_query(const struct bench_redis *r, unsigned limit_ms, json_t **ret, const char *fmt,
			...) MUST_CHECK PRINTF(4, 5);
struct err *redis_flush(const struct bench_redis *r) MUST_CHECK;
/* Whether it holds only what may be worked out again. */
bool redis_is_cache(const struct bench_redis *r);
/* The instance that the bench's configuration names as its queue, or NULL. */
const struct bench_redis *redis_queue(const struct bench *b);
