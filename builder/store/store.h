/* SPDX-License-Identifier: MIT */
/* The store: every input and every built thing under its SHA-256, complete or absent.
 *
 *   blobs/sha256/AB/CDEF…     content, read-only
 *   refs/KIND/KEY             a small file naming what was built for KEY
 *   trees/KEY/                an unpacked root kept for sandboxes
 *   caches/NAME/              downloads that build programs cache for themselves
 *   git/KEY/objects/          packs that git has fetched
 *   tmp/                      work in progress; swept when no build holds the store
 *   lock                      shared by builds, exclusive for the sweep
 *   boot                      the boot of this machine whose writes are trusted
 *
 * A blob gets its name only after all its bytes are written and hashed, so a kill leaves at most a file in
 * tmp/. Two builds may work in one store, and several threads may share one struct store.
 *
 * Nothing is fsynced while a build runs. A power cut can only tear what was written during the boot that it
 * ended. So the first process to open the store in another boot hashes the blobs written since `boot` was,
 * and drops those that do not match their name, and every kept tree of that time. Refs are single blocks with
 * an end mark. Caches are the exception, because mkbench does not know what their bytes should be: each use
 * of one ends by syncing its new files to disk, and anything written later is dropped in the next boot.
 *
 * The store's folder has mode 0700 (an older one is changed when it is opened), because the roots hold
 * set-uid programs of foreign packages.
 *
 * A ref may outlive what it names: check store_has before relying on it. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/err.h"

struct store;

/* path NULL: $MKBENCH_STORE, else $XDG_CACHE_HOME/mkbench, else ~/.cache/mkbench. */
struct err *store_open(const char *path, struct store **ret) MUST_CHECK;
void store_close(struct store *s);	       /* removes its work folders; NULL is fine */
const char *store_path(const struct store *s); /* absolute */

/* Each of these counts as a use of the blob (see store_clean). */
bool store_has(const struct store *s, const struct digest *d);
char *store_blob_path(const struct store *s, const struct digest *d); /* the caller's to free */
/* "blobs/sha256/AB/CDEF…" below a store's folder, for who reads another user's, which is not opened. */
char *store_blob_name(const struct digest *d); /* the caller's to free */
struct err *store_open_blob(const struct store *s, const struct digest *d, int *ret_fd,
			    uint64_t *ret_size) MUST_CHECK;
/* Reads a whole blob of at most limit bytes, NUL-terminated beyond len, and checks its digest: a damaged one
 * is removed and is an ERR_SYSTEM. */
struct err *store_read(const struct store *s, const struct digest *d, size_t limit, char **ret_bytes,
		       size_t *ret_len) MUST_CHECK;

/* Writing: begin, feed bytes, then commit under the digest of what was fed. If expected is given and does not
 * match, nothing is stored (ERR_FETCH). A writer belongs to one thread at a time. */
struct store_writer;
struct err *store_begin(struct store *s, struct store_writer **ret) MUST_CHECK;
struct err *store_feed(struct store_writer *w, const void *bytes, size_t len) MUST_CHECK;
/* always ends w; rets may be NULL */
struct err *store_commit(struct store_writer *w, const struct digest *expected, struct digest *ret,
			 uint64_t *ret_size) MUST_CHECK;
void store_abort(struct store_writer *w); /* NULL is fine */
struct err *store_put(struct store *s, const void *bytes, size_t len, struct digest *ret) MUST_CHECK;

#define STORE_FULL "the store's disk is full ('mkbench clean' frees space, MKBENCH_STORE moves it)"
/* Takes ownership of e. If the store's disk is full, returns ERR_SYSTEM that says so;
 * otherwise returns e. NULL stays NULL. */
struct err *store_blame_disk(const struct store *s, struct err *e) MUST_CHECK;

/* Refs: what was built for a key (the digest of all inputs); kind is a plain word, text at most
 * STORE_REF_LIMIT bytes. */
#define STORE_REF_LIMIT 8192u
/* NULL text: absent */
struct err *store_ref_read(const struct store *s, const char *kind, const struct digest *key,
			   char **ret_text) MUST_CHECK;
struct err *store_ref_write(struct store *s, const char *kind, const struct digest *key,
			    const char *text) MUST_CHECK;

/* A private folder under tmp/ (mode 0700), removed by store_close or by the next
 * sweep. The path is the caller's to free. */
struct err *store_work_folder(struct store *s, const char *name, char **ret_path) MUST_CHECK;
/* Unpacked roots: store_tree_find gives the path of a complete one, or NULL; store_tree_keep makes a work
 * folder permanent by renaming it there (if another build was first, its path is returned). Paths are the
 * caller's to free. */
char *store_tree_find(const struct store *s, const struct digest *key);
struct err *store_tree_keep(struct store *s, const struct digest *key, const char *work_path,
			    char **ret_path) MUST_CHECK;
/* Holds a kept tree that an image runs from: it is not removed while a process has *ret_fd open, or inherited
 * it. Of such trees the `most` recently held ones stay, and those in use. *ret_fd is -1 if the tree is
 * absent. Path and descriptor are the caller's. */
struct err *store_room_hold(struct store *s, const struct digest *key, size_t most, char **ret_path,
			    int *ret_fd) MUST_CHECK;
/* Allows one builder at a time for a key; waits for its turn. The returned descriptor holds the lock until
 * closed. */
struct err *store_lock_key(struct store *s, const struct digest *key, int *ret_fd) MUST_CHECK;

/* A folder for a program that caches its downloads and verifies them itself. Waits until no other process
 * uses it; the descriptor holds the lock until closed. Path and descriptor are the caller's. */
struct err *store_cache_begin(struct store *s, const char *name, char **ret_path, int *ret_lock) MUST_CHECK;
/* While it is held: moves what 'mkbench store import' brought for the cache of that name into it, owned by
 * uid and gid. Existing files stay. */
struct err *store_cache_adopt(struct store *s, const char *name, const char *brought, unsigned uid,
			      unsigned gid) MUST_CHECK;
/* Call before the lock is released: the cache's content then survives a power cut. */
struct err *store_cache_end(struct store *s, const char *name) MUST_CHECK;

/* Where git stores what it fetches from the repository with that key. Several git processes may use it at
 * once: a pack is named by its content, and git fsyncs it before it gets its name. The path is the caller's
 * to free. */
struct err *store_git_objects(struct store *s, const struct digest *key, char **ret_path) MUST_CHECK;

/* Removes blobs, refs, trees, caches and git objects that were not used for keep_seconds; everything if 0,
 * except trees that an image runs from. Uses are remembered to the day. Does not wait: ERR_SYSTEM if another
 * build holds the store. */
struct err *store_clean(struct store *s, uint64_t keep_seconds, uint64_t *ret_freed_bytes) MUST_CHECK;
/* Removes what was built here: refs, the blobs that these name unless a ref of something fetched names them,
 * too, and trees, except those that an image runs from. Keeps what was fetched: the next build does
 * everything but download. If it is cut short, a later one removes the rest. */
struct err *store_clean_built(struct store *s, uint64_t *ret_freed_bytes) MUST_CHECK;
