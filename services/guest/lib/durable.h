/* SPDX-License-Identifier: MIT */
/* Files and folders of the volume that must survive a power cut whole. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/account.h"
#include "base/err.h"

/* Writes PATH.new, fsyncs it, renames it, fsyncs the folder. Does not follow a link that somebody else put
 * under that name. One writer at a time; overwrites what a killed writer left. */
struct err *durable_write(const char *path, const char *bytes, size_t len, unsigned mode,
			  const struct account *owner) MUST_CHECK;
/* Does nothing when the file has these bytes already; ret_changed may be NULL. */
struct err *durable_update(const char *path, const char *text, unsigned mode, const struct account *owner,
			   bool *ret_changed) MUST_CHECK;
struct err *durable_json(const char *path, json_t *value, unsigned mode, const struct account *owner,
			 bool *ret_changed) MUST_CHECK;
/* For files that only show our state to others: replaced as a whole, but not forced to disk. */
struct err *durable_show(const char *path, json_t *value, unsigned mode) MUST_CHECK;
/* Makes a folder, or gives an existing one this owner and mode. Parents stay as they are. */
struct err *durable_folder(const char *path, unsigned mode, const struct account *owner) MUST_CHECK;
struct err *durable_sync_folder(const char *path) MUST_CHECK;
/* Syncs the file system that the folder is on, and those mounted below it (such as a volume for MariaDB's
 * folder). */
struct err *durable_sync_all(const char *path) MUST_CHECK;
/* Reads a JSON object. ret is NULL when there is no such file; also when it is damaged, and then ret_damaged
 * is set. */
struct err *durable_read_json(const char *path, json_t **ret, bool *ret_damaged) MUST_CHECK;
/* The same with that user's rights, for a file in one of his folders (see durable_as). */
struct err *durable_read_json_as(const struct account *user, const char *path, json_t **ret,
				 bool *ret_damaged) MUST_CHECK;

/* Opens a file that a person has named, for reading: as that user, where he may; else as root, and then no
 * link in the path is followed. */
struct err *durable_open_either(const struct account *user, const char *path, int *ret_fd) MUST_CHECK;

extern const struct account durable_root;

/* Takes that user's rights: what lies below belongs to him, and he may add links while we work, but with his
 * rights we reach nothing that he could not reach himself. For file access alone, until durable_as_root. */
void durable_as(const struct account *user);
void durable_as_root(void);
