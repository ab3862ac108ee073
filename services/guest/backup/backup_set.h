/* SPDX-License-Identifier: MIT */
/* What a backup is made of, below DATA/.mkbench/backup/set: a dump a site, own/ (our records), and
 * manifest.json, which says what they hold. */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

#define BACKUP_OURS BENCH_OWN "/backup"
#define BACKUP_SET BACKUP_OURS "/set"
#define BACKUP_OWN "/own" /* below the set */

/* Every site that has a site_config.json, of this image or not. It is staged under another
 * name: a set that is there is whole.
 * ret: the manifest, the caller's: {"format", "at_seconds", "volume", "image": {...}, "sites": {NAME:
 * {"database", "user", "bytes", "sha256", "tables"}}, "left_out": [NAME]}. */
struct err *backup_set_make(const struct bench *b, json_t **ret) MUST_CHECK;
/* The manifest below a folder as it came from the repository; ERR_SYSTEM when it is
 * damaged or of a newer format. */
struct err *backup_set_read(const char *folder, json_t **ret) MUST_CHECK;
char *backup_set_dump(const char *folder, const char *site); /* its path; the caller's */
/* The dump of a site of it, checked against its row of the manifest, into a server: the database and the
 * account have the names that they had, the account that password. */
struct err *backup_set_import(const struct bench *b, const char *set, const char *site, const json_t *row,
			      const char *socket, const char *password) MUST_CHECK;
/* A record of ours in it (committed.json); NULL in ret when it has none. */
struct err *backup_set_record(const char *folder, const char *name, json_t **ret) MUST_CHECK;
