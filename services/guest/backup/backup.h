/* SPDX-License-Identifier: MIT */
/* Backups of the instance: makes one consistent set, keeps it with restic, and restores it once to try it. */
#pragma once
#include <jansson.h>

#include "backup/repository.h"
#include "lib/bench.h"

struct backup_times {
	int64_t all_ms, trial_ms; /* all_ms includes trial_ms, the trial restore */
};

/* Dumps every site's database, writes a manifest of tables, rows and digests, keeps these with the sites,
 * the secrets and our own records, reads all of it back, and loads every database into a scratch MariaDB.
 * Fails if the backup cannot be restored; such a backup does not count. Then forgets the backups that the
 * recipe's `keep` does not cover. ret_id: 8 digits; the caller frees it. */
struct err *backup_make(const struct bench *b, char **ret_id, struct backup_times *ret_times) MUST_CHECK;
/* A list of {"id", "at", "volume", "verified"}, oldest first; the caller frees it. It has only backups that
 * the volume which made them has restored once. */
struct err *backup_list(const struct bench *b, json_t **ret) MUST_CHECK;

/* Held during a backup or a restore: one at a time. Closing the descriptor releases it. */
struct err *backup_lock(const struct bench *b, int *ret_fd) MUST_CHECK;
bool backup_is_busy(const struct bench *b); /* whether another process holds that lock */
/* ERR_USAGE: id is neither 8 to 64 hex digits nor "latest", where latest is allowed. */
struct err *backup_check_id(const char *id, bool latest) MUST_CHECK;
/* Restores the named paths of a backup (NULL: all of it) into folder, which is made anew. */
struct err *backup_fetch(const struct repository *r, const char *id, const char *const *paths,
			 const char *folder) MUST_CHECK;
/* ERR_SYSTEM with the numbers when DATA has less room. what is for the message: "to restore a backup". */
struct err *backup_room(const struct bench *b, uint64_t bytes, const char *what) MUST_CHECK;
