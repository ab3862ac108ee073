/* SPDX-License-Identifier: MIT */
/* Declarations shared by the store's own files. */
#pragma once
#include <pthread.h>
#include <sys/stat.h>

#include "store/store.h"

struct store {
	char *path;
	int fd;		       /* of path */
	int lock;	       /* of the file lock, flocked */
	pthread_mutex_t mutex; /* guards work and used */
	struct {
		char **items;
		size_t count, room;
	} work;
	bool watched; /* uses are recorded (store_bundle.h) */
	struct {
		char **items;
		size_t count, room;
	} used;
};

/* Chooses the store's path as store_open documents; the caller's to free. */
struct err *store_folder_choose(const char *asked, char **ret) MUST_CHECK;
/* Makes the folder of s and its subfolders, accessible to its owner only, and makes path absolute. */
struct err *store_folder_make(struct store *s) MUST_CHECK;
/* Marks a file or folder (relative to the store, or absolute) as used now; false if it is absent. */
bool store_note_use(const struct store *s, const char *name);
struct err *store_disk_err(int code, const struct store *s) MUST_CHECK;
/* Records a use, if uses are watched; name is relative to the store, or absolute. */
void store_bundle_note(const struct store *s, const char *name);
void store_bundle_forget(struct store *s);
/* Writes a short text with an end mark, by way of tmp/. */
struct err *store_ref_save(const struct store *s, const char *path, const char *text) MUST_CHECK;
struct err *store_ref_load(const char *path, char **ret_text) MUST_CHECK; /* NULL text: absent or torn */

/* Whether a process holds a tree (store_room_hold). */
bool store_room_is_held(const char *root);

/* Files that an import brought for a cache are beside it, under its name with this suffix. */
#define STORE_CACHE_BROUGHT ".brought"

/* Removes the files of a cache that may be torn: those newer than its folder, whose state is st. */
struct err *store_cache_distrust(const char *folder, const struct stat *st) MUST_CHECK;

/* Removes a folder of the store, if it is there. If the removal is cut short, the folder is whole or gone: it
 * is first renamed to a name that no reader looks up. */
struct err *store_clean_folder(const struct store *s, const char *path) MUST_CHECK;
/* With the store locked exclusively: empties tmp/, and after a reboot drops what the last boot may have left
 * torn. */
struct err *store_clean_sweep(struct store *s) MUST_CHECK;
