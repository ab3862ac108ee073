/* SPDX-License-Identifier: MIT */
/* A part of the store as one file: what a build has used, for a machine that begins with an empty store, as those of CI do.
 *
 * A tar, sorted, without times: refs/KIND/KEY and blobs/sha256/AB/CDEF…, and the objects that git has fetched. Blobs are checked against
 * their names when they are taken in; refs are believed, as those of the store itself are: whoever may write the file decides what
 * is built from it. Unpacked roots and caches are not in it, they are made again. */
#pragma once
#include "store/store.h"

/* From now on the store remembers which of its files are used; before threads use it. */
void store_bundle_watch(struct store *s);
/* Writes them, whole or not at all. */
struct err *store_bundle_write(struct store *s, const char *path, size_t *ret_files, uint64_t *ret_bytes) MUST_CHECK;
/* Takes such a file in, beside what is there. ERR_USAGE when it is none, ERR_FETCH when a blob is not what it is called. */
struct err *store_bundle_read(struct store *s, const char *path, size_t *ret_files) MUST_CHECK;
