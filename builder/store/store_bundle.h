/* SPDX-License-Identifier: MIT */
/* Exports what a build has used from the store as one file or folder, for a machine that begins with an empty
 * store, such as a CI runner.
 *
 * A tar, sorted, without times, or a folder with the same files: refs/KIND/KEY and blobs/sha256/AB/CDEF…, git
 * objects, and caches/NAME/files/… of programs that cache their downloads. On import, blobs are checked
 * against their names, and a cache's files by the program that owns them. Refs are trusted like the store's
 * own: whoever can write the file decides what is built from it. Unpacked roots are not included; they are
 * made again. */
#pragma once
#include "store/store.h"

/* From now on the store records which of its files are used; call before threads use it. */
void store_bundle_watch(struct store *s);
/* Stops recording; call once threads have ended. */
void store_bundle_unwatch(struct store *s);
/* Adds a blob to what was used; or all existing caches. */
void store_bundle_add(struct store *s, const struct digest *d);
struct err *store_bundle_add_caches(struct store *s) MUST_CHECK;
/* Writes what was used, completely or not at all. */
struct err *store_bundle_write(struct store *s, const char *path, size_t *ret_files,
			       uint64_t *ret_bytes) MUST_CHECK;
/* The same into a folder that is absent or empty, or was written before and is then replaced. Refs are left
 * out: the importer must trust nothing that it cannot check. ERR_USAGE if it holds other things. */
struct err *store_bundle_try_folder(const char *path) MUST_CHECK; /* checks only */
struct err *store_bundle_write_folder(struct store *s, const char *path, size_t *ret_files,
				      uint64_t *ret_bytes) MUST_CHECK;
/* Imports such a file or folder in addition to existing content. ERR_USAGE if it is not one, ERR_FETCH if a
 * blob does not match its name. */
struct err *store_bundle_read(struct store *s, const char *path, size_t *ret_files) MUST_CHECK;
