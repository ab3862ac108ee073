/* SPDX-License-Identifier: MIT */
/* Removes what a step leaves behind but no image may contain: identities, keys, logs, caches, backups, and
 * the build's date. Works in place on an overlay's upper folder. */
#pragma once
#include "base/err.h"
#include "tree/tree.h"

/* For a folder in which packages were configured: afterwards two runs over the same inputs have the same
 * bytes. */
struct err *scrub_packages(const char *folder, int64_t epoch) MUST_CHECK;
/* Removes files that equal those of the sorted tree below: they were copied up without being changed. */
struct err *scrub_same(const char *folder, const struct tree *below) MUST_CHECK;
