/* SPDX-License-Identifier: MIT */
/* Digests of a kept folder's files, remembered beside it in the store: what does not change is read once. */
#pragma once
#include "store/store.h"
#include "tree/tree.h"

/* t is folder's tree with digests, sorted; folder is kept under key. */
struct err *digest_cache_keep(struct store *s, const struct digest *key, const char *folder,
			      const struct tree *t) MUST_CHECK;
/* Fills in the digests of the files of t, folder's tree without them. ret_known false: they are not known, or
 * not of this very folder (its inode and time of birth tell), and t is as it was or filled in part. */
struct err *digest_cache_recall(struct store *s, const struct digest *key, const char *folder, struct tree *t,
				bool *ret_known) MUST_CHECK;
