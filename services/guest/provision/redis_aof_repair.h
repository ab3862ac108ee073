/* SPDX-License-Identifier: MIT */
/* The files that Redis appends to (its documentation, "Redis persistence", since version 7): a
 * manifest, a base, a tail. After a power cut the tail may end with bytes that nobody wrote,
 * and then Redis does not start. */
#pragma once
#include "lib/bench.h"

/* Cuts the tail off behind its last whole command, by Redis' own program; nothing for an
 * instance that keeps nothing, or whose files are whole. Not while it runs. An error when more
 * is damaged than what was being written. */
struct err *redis_aof_repair(const struct bench_redis *r) MUST_CHECK;
void redis_aof_repair_mend_all(const struct bench *b); /* what cannot be mended is said */
