/* SPDX-License-Identifier: MIT */
/* Copies the volume while the instance serves on, so that a newer image can try its upgrade on the copy. */
#pragma once
#include "lib/bench.h"

/* Makes DATA/.mkbench/rehearsal, a volume of its own: every site's database from one dump, its files, and no
 * jobs. Replaces an earlier copy. ERR_SYSTEM with the numbers when there is too little room. ret: the
 * folder; the caller frees it. */
struct err *rehearsal_make(const struct bench *b, char **ret) MUST_CHECK;
struct err *rehearsal_drop(const struct bench *b) MUST_CHECK; /* no error when there is none */
