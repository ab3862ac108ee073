/* SPDX-License-Identifier: MIT */
/* Files and folders of the volume that must be whole after a power cut. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/account.h"
#include "base/err.h"

/* Writes PATH.new, fsyncs, renames, fsyncs the folder. Somebody else's link under that name is not followed.
 * One writer at a time; what a killed one left is written over. */
struct err *durable_write(const char *path, const char *bytes, size_t len, unsigned mode,
			  const struct account *owner) MUST_CHECK;
/* Does nothing when the file holds these bytes already; ret_changed may be NULL. */
struct err *durable_update(const char *path, const char *text, unsigned mode, const struct account *owner,
			   bool *ret_changed) MUST_CHECK;
struct err *durable_json(const char *path, json_t *value, unsigned mode, const struct account *owner,
			 bool *ret_changed) MUST_CHECK;
/* For what is only shown to others while we run: replaced whole, but not forced to disk. */
struct err *durable_show(const char *path, json_t *value, unsigned mode) MUST_CHECK;
/* Makes a folder, or gives the one that is there this owner and mode; parents keep theirs. */
struct err *durable_folder(const char *path, unsigned mode, const struct account *owner) MUST_CHECK;
struct err *durable_sync_folder(const char *path) MUST_CHECK;
/* All that anybody has written to the file system that the folder lies on, and to those that are mounted
 * below it: a volume for MariaDB's folder. */
struct err *durable_sync_all(const char *path) MUST_CHECK;
/* Reads a JSON object. NULL in ret when there is no such file; when it is damaged
 * too, and then ret_damaged is set. */
struct err *durable_read_json(const char *path, json_t **ret, bool *ret_damaged) MUST_CHECK;
/* The same with that user's rights, for a file in a folder of his (see durable_as). */
struct err *durable_read_json_as(const struct account *user, const char *path, json_t **ret,
				 bool *ret_damaged) MUST_CHECK;

/* A file that a person has named, to read: as that user, where he may; else as root, and then
 * no link of the path is followed. */
struct err *durable_open_either(const struct account *user, const char *path, int *ret_fd) MUST_CHECK;

extern const struct account durable_root;

/* What lies below is another user's, who may put links there while we work: with his rights we
 * follow none that he could not follow himself. For files only, until durable_as_root. */
void durable_as(const struct account *user);
void durable_as_root(void);
