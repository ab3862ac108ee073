/* SPDX-License-Identifier: MIT */
/* The content of a backup, below DATA/.mkbench/backup/set: a dump for each site, own/ (our records), and
 * manifest.json, which describes them. */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

#define BACKUP_OURS BENCH_OWN "/backup"
#define BACKUP_SET BACKUP_OURS "/set"
#define BACKUP_OWN "/own" /* below the set */

/* Dumps every site that has a site_config.json, whether or not the image has it. Builds under another name:
 * a set that exists is whole.
 * ret: the manifest; the caller frees it: {"format", "at_seconds", "volume", "image": {...}, "sites": {NAME:
 * {"database", "user", "bytes", "sha256", "tables"}}, "left_out": [NAME]}. */
struct err *backup_set_make(const struct bench *b, json_t **ret) MUST_CHECK;
/* Reads the manifest below a folder that came from the repository. ERR_SYSTEM when it is damaged or of a
 * newer format. */
struct err *backup_set_read(const char *folder, json_t **ret) MUST_CHECK;
char *backup_set_dump(const char *folder, const char *site); /* the dump's path; the caller frees it */
/* Checks a site's dump against its row of the manifest and loads it into a server. Database and account get
 * their former names, the account gets that password. */
struct err *backup_set_import(const struct bench *b, const char *set, const char *site, const json_t *row,
			      const char *socket, const char *password) MUST_CHECK;
/* Reads one of our records in it (committed.json); NULL in ret when it has none. */
struct err *backup_set_record(const char *folder, const char *name, json_t **ret) MUST_CHECK;
