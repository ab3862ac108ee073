/* SPDX-License-Identifier: MIT */
/* Remembers the digests of a kept folder's files in the store, so that unchanged files are read only once. */
#pragma once
#include "store/store.h"
#include "tree/tree.h"

/* t is the sorted tree of folder, with digests; folder is kept under key. */
struct err *digest_cache_keep(struct store *s, const struct digest *key, const char *folder,
			      const struct tree *t) MUST_CHECK;
/* Fills in the digests of the files of t, the tree of folder. ret_known false: they are unknown, or belong to
 * another folder (checked by inode and birth time); t is then unchanged or partly filled. */
struct err *digest_cache_recall(struct store *s, const struct digest *key, const char *folder, struct tree *t,
				bool *ret_known) MUST_CHECK;
