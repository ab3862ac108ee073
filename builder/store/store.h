/* SPDX-License-Identifier: MIT */
/* The store: every input and every built thing under its SHA-256, whole or absent.
 *
 *   blobs/sha256/AB/CDEF…     content, read-only
 *   refs/KIND/KEY             a small file naming what KEY was built to be
 *   trees/KEY/                an unpacked root kept for sandboxes
 *   caches/NAME/              what programs that download for themselves have downloaded
 *   git/KEY/objects/          packs that git has fetched
 *   tmp/                      work in progress; swept when no build holds the store
 *   lock                      shared by builds, exclusive for the sweep
 *   boot                      the boot of this machine whose writes are trusted
 *
 * A blob has no name until all its bytes are written and hashed, so a kill leaves nothing, or at most a file
 * in tmp/. Two builds may work in one store, and several threads may share one struct store.
 *
 * Nothing is fsynced while a build runs. What a power cut can tear was written during the boot that it ended,
 * so the first to open the store in another boot hashes the blobs written since `boot` was, and drops those
 * that are not their name, with every kept tree of that time. Refs are single blocks with an end mark. Caches
 * are the exception, as nobody here knows what their bytes should be: a use of one ends with its new files on
 * the disk, and what was written later and then met with another boot is dropped.
 *
 * The store's folder has mode 0700, an older one gets it when it is opened: the roots hold
 * set-uid programs of foreign packages.
 *
 * A ref may outlive what it names: ask store_has before relying on it. */
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
/* Reads a whole blob of at most limit bytes, NUL-terminated beyond len, and checks
 * its digest: one damaged on the disk is removed and is an ERR_SYSTEM. */
struct err *store_read(const struct store *s, const struct digest *d, size_t limit, char **ret_bytes,
		       size_t *ret_len) MUST_CHECK;

/* Writing: begin, feed bytes, then commit under the digest of what was fed.
 * expected, when given, must match or nothing is stored (ERR_FETCH). A writer
 * belongs to one thread at a time. */
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

/* Refs: what a key (the digest of all inputs) was built to be; kind is a plain
 * word, text at most STORE_REF_LIMIT bytes. */
#define STORE_REF_LIMIT 8192u
/* NULL text: absent */
struct err *store_ref_read(const struct store *s, const char *kind, const struct digest *key,
			   char **ret_text) MUST_CHECK;
struct err *store_ref_write(struct store *s, const char *kind, const struct digest *key,
			    const char *text) MUST_CHECK;

/* A private folder under tmp/ (mode 0700), removed by store_close or by the next
 * sweep. The path is the caller's to free. */
struct err *store_work_folder(struct store *s, const char *name, char **ret_path) MUST_CHECK;
/* Unpacked roots: path of one that is whole, or NULL; and the step that makes a
 * work folder whole by renaming it there (losing a race to another build is fine:
 * the winner's path is returned). Paths are the caller's to free. */
char *store_tree_find(const struct store *s, const struct digest *key);
struct err *store_tree_keep(struct store *s, const struct digest *key, const char *work_path,
			    char **ret_path) MUST_CHECK;
/* A kept tree that an image runs from, and that nobody removes while a process has *ret_fd, or inherited it.
 * Of such trees those that were asked for last stay, `most` of them, and those that somebody has. *ret_fd -1:
 * it is not there. Path and descriptor are the caller's. */
struct err *store_room_hold(struct store *s, const struct digest *key, size_t most, char **ret_path,
			    int *ret_fd) MUST_CHECK;
/* One builder at a time for a key; waits for its turn. The returned descriptor
 * holds the lock until closed. */
struct err *store_lock_key(struct store *s, const struct digest *key, int *ret_fd) MUST_CHECK;

/* A folder for a program that keeps what it downloads, and that has its own way to tell whether
 * it is whole. Waits until nobody else uses it; the descriptor holds the lock until closed. Path
 * and descriptor are the caller's. */
struct err *store_cache_begin(struct store *s, const char *name, char **ret_path, int *ret_lock) MUST_CHECK;
/* While it is held: moves into it what 'mkbench store import' has brought for the cache of that name, and
 * gives that to uid and gid. What is there already stays. */
struct err *store_cache_adopt(struct store *s, const char *name, const char *brought, unsigned uid,
			      unsigned gid) MUST_CHECK;
/* Before the lock is let go: what is in it now outlives a power cut. */
struct err *store_cache_end(struct store *s, const char *name) MUST_CHECK;

/* Where git keeps what it fetches from the repository that key stands for. Any number of gits
 * may work in it at once: a pack is named by its content, and git fsyncs it before it gets its
 * name. The path is the caller's. */
struct err *store_git_objects(struct store *s, const struct digest *key, char **ret_path) MUST_CHECK;

/* Removes blobs, refs, trees, caches and what git fetched that nothing used for keep_seconds; everything when
 * 0, but trees that an image runs from. A use is remembered to the day. Waits for no one: ERR_SYSTEM when
 * another build holds the store. */
struct err *store_clean(struct store *s, uint64_t keep_seconds, uint64_t *ret_freed_bytes) MUST_CHECK;
/* Removes what was built here, but trees that an image runs from, and keeps what was fetched, so that the
 * next build does all but download. */
struct err *store_clean_built(struct store *s, uint64_t *ret_freed_bytes) MUST_CHECK;
