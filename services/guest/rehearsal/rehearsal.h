/* SPDX-License-Identifier: MIT */
/* A copy of the volume, made while the instance serves on, for a newer image to try its upgrade on. */
#pragma once
#include "lib/bench.h"

/* DATA/.mkbench/rehearsal: a volume of its own, with every site's database as one dump had it, its
 * files, and no jobs. Replaces an earlier one. ERR_SYSTEM with the numbers when there is too little
 * room. ret: the folder, the caller's. */
struct err *rehearsal_make(const struct bench *b, char **ret) MUST_CHECK;
struct err *rehearsal_drop(const struct bench *b) MUST_CHECK; /* fine when there is none */
