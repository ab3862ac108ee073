/* SPDX-License-Identifier: MIT */
/* What a restore or an import has made in MariaDB and has not finished: DATA/.mkbench/backup/begun.json, so
 * that one that was killed leaves nothing for good. */
#pragma once
#include "lib/bench.h"

/* Before that database is made for that site; is_new: with an account, a folder and secrets. */
struct err *backup_sweep_begin(const struct bench *b, const char *database, const char *site,
			       bool is_new) MUST_CHECK;
/* it is finished, or undone */
struct err *backup_sweep_end(const struct bench *b, const char *database) MUST_CHECK;
/* Where a site's folder of before goes to; the caller's. */
char *backup_sweep_place(const struct bench *b, const char *site);
/* Undoes what was begun and is nobody's, and puts a folder of before where it belongs. Under
 * backup_lock, before anything is fetched. */
struct err *backup_sweep(const struct bench *b) MUST_CHECK;
/* All of a site that is not one of the bench's yet. */
struct err *backup_sweep_site(const struct bench *b, const char *database, const char *site) MUST_CHECK;
