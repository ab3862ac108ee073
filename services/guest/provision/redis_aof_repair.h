/* SPDX-License-Identifier: MIT */
/* Repairs Redis' append-only files after a power cut (Redis' documentation, "Redis persistence", since
 * version 7): a manifest, a base, a tail. The tail may end with bytes that no program wrote, and then Redis
 * does not start. */
#pragma once
#include "lib/bench.h"

/* Cuts the tail off after its last whole command, by Redis' own program. Does nothing for an instance that
 * keeps nothing, or whose files are whole. Not while it runs. An error when more is damaged than the last
 * command. */
struct err *redis_aof_repair(const struct bench_redis *r) MUST_CHECK;
void redis_aof_repair_mend_all(const struct bench *b); /* logs what cannot be repaired */
