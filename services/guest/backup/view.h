/* SPDX-License-Identifier: MIT */
/* The view that restic reads: hard links to the files of a backup, in folders of root's alone. In his own
 * folders the bench's user could replace a file by a link while root reads it, and so get root's files into
 * a backup that he can restore. */
#pragma once
#include "lib/bench.h"

/* Makes it anew: the set, the sites and the secrets under their paths below the volume. ret_folder: the
 * caller frees it. */
struct err *view_make(const struct bench *b, char **ret_folder) MUST_CHECK;
/* Removes it, also one that a killed backup has left: its hard links keep the room of removed files. */
struct err *view_remove(const struct bench *b) MUST_CHECK;
