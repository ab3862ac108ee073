/* SPDX-License-Identifier: MIT */
/* What a backup reads: the files that there are, below folders that are root's alone. In the bench's user's
 * own folders he could put a link in the place of one while root reads it, and have root's files brought
 * into a backup that he gets back. */
#pragma once
#include "lib/bench.h"

/* Makes it anew: the set, the sites and the secrets under their paths below the
 * volume. ret_folder: the caller's. */
struct err *view_make(const struct bench *b, char **ret_folder) MUST_CHECK;
/* What a killed one has left, too: it keeps files' room after they were removed. */
struct err *view_remove(const struct bench *b) MUST_CHECK;
