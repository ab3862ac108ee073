/* SPDX-License-Identifier: MIT */
/* Backups of the instance: one consistent set, kept by restic and tried by restoring it. */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

/* Dumps every site's database, writes a manifest of tables, rows and digests, keeps these with sites, secrets and our own records, and restores
 * the whole into a scratch MariaDB. A backup that could not be restored is an error, and none that counts. ret_id: 8 digits, the caller's. */
struct err *backup_make(const struct bench *b, char **ret_id) MUST_CHECK;
/* A list of {"id", "at", "verified"}, oldest first; the caller's. verified: on this volume it was restored. */
struct err *backup_list(const struct bench *b, json_t **ret) MUST_CHECK;
/* DATA/.mkbench/backup.json: {"id", "at", "at_seconds"} of the last good one, and "verified"; NULL when there is none. */
struct err *backup_last(const struct bench *b, json_t **ret) MUST_CHECK;
/* A site as that backup has it, in a new database and folder; swapped in last. ret_kept: where its folder of before is, the caller's; its
 * database of before stays, too. */
struct err *backup_restore_site(const struct bench *b, const char *id, const char *site, char **ret_kept) MUST_CHECK;
