/* SPDX-License-Identifier: MIT */
/* What a step leaves behind that no image may carry: identities, keys, logs, caches,
 * backups, and the day it ran. Works on an overlay's upper folder, in place. */
#pragma once
#include "base/err.h"
#include "tree/tree.h"

/* After packages were configured: two runs over the same inputs leave the same bytes. */
struct err *scrub_packages(const char *folder, int64_t epoch) MUST_CHECK;
/* Removes files that equal those of the sorted tree below: they were copied up for nothing. */
struct err *scrub_same(const char *folder, const struct tree *below) MUST_CHECK;
