/* SPDX-License-Identifier: MIT */
/* Backups of the instance: one consistent set, kept by restic and tried by restoring it. */
#pragma once
#include <jansson.h>

#include "backup/repository.h"
#include "lib/bench.h"

struct backup_times {
	int64_t all_ms, trial_ms; /* the trial's restore is a part of all */
};

/* Dumps every site's database, writes a manifest of tables, rows and digests, keeps these with sites, secrets
 * and our own records, reads all of it back and restores every database into a scratch MariaDB. A backup that
 * could not be restored is an error, and none that counts. Then those are forgotten that the recipe does not
 * keep. ret_id: 8 digits, the caller's. */
struct err *backup_make(const struct bench *b, char **ret_id, struct backup_times *ret_times) MUST_CHECK;
/* A list of {"id", "at", "volume", "verified"}, oldest first; the caller's. Those alone that were
 * restored by the volume that made them. */
struct err *backup_list(const struct bench *b, json_t **ret) MUST_CHECK;

/* For one backup or restore at a time; it ends with the descriptor. */
struct err *backup_lock(const struct bench *b, int *ret_fd) MUST_CHECK;
bool backup_is_busy(const struct bench *b); /* somebody has that lock */
/* ERR_USAGE: it is neither 8 to 64 hex digits nor, where that may be, "latest". */
struct err *backup_check_id(const char *id, bool latest) MUST_CHECK;
/* The paths of a backup that are named (NULL: all of it), into a folder that is made anew. */
struct err *backup_fetch(const struct repository *r, const char *id, const char *const *paths,
			 const char *folder) MUST_CHECK;
/* ERR_SYSTEM with the numbers when DATA has less room. what: for the message, "to restore a backup". */
struct err *backup_room(const struct bench *b, uint64_t bytes, const char *what) MUST_CHECK;
