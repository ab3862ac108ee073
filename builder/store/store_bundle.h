/* SPDX-License-Identifier: MIT */
/* A part of the store as one file or folder: what a build has used, for a machine that begins with an
 * empty store, as those of CI do.
 *
 * A tar, sorted, without times, or the same as files of a folder: refs/KIND/KEY and blobs/sha256/AB/CDEF…,
 * the objects that git has fetched, and caches/NAME/files/…, of programs that download for themselves. Blobs
 * are checked against their names when they are taken in, what is in a cache by the program whose it is; refs
 * are believed, as those of the store itself are: whoever may write the file decides what is built from it.
 * Unpacked roots are not in it, they are made again. */
#pragma once
#include "store/store.h"

/* From now on the store remembers which of its files are used; before threads use it. */
void store_bundle_watch(struct store *s);
/* From now on no more; once threads have ended. */
void store_bundle_unwatch(struct store *s);
/* Adds a blob to what was used, or all caches that there are. */
void store_bundle_add(struct store *s, const struct digest *d);
struct err *store_bundle_add_caches(struct store *s) MUST_CHECK;
/* Writes them, whole or not at all. */
struct err *store_bundle_write(struct store *s, const char *path, size_t *ret_files,
			       uint64_t *ret_bytes) MUST_CHECK;
/* The same into a folder, which is absent, empty, or one of before: then it is replaced. Refs are not in it:
 * nothing of it is believed but what is checked. ERR_USAGE when it holds other things. */
struct err *store_bundle_try_folder(const char *path) MUST_CHECK; /* only that */
struct err *store_bundle_write_folder(struct store *s, const char *path, size_t *ret_files,
				      uint64_t *ret_bytes) MUST_CHECK;
/* Takes such a file or folder in, beside what is there. ERR_USAGE when it is none, ERR_FETCH when a
 * blob is not what it is called. */
struct err *store_bundle_read(struct store *s, const char *path, size_t *ret_files) MUST_CHECK;
