/* SPDX-License-Identifier: MIT */
/* What a restore or an import has made in MariaDB and has not finished: DATA/.mkbench/backup/begun.json, so that one that was killed leaves nothing for good. */
#pragma once
#include "lib/bench.h"

/* Before that database is made; site: the one that is made with it, an account, a folder and secrets, or NULL when it is for a site that is there. */
struct err *backup_sweep_begin(const struct bench *b, const char *database, const char *site) MUST_CHECK;
struct err *backup_sweep_end(const struct bench *b, const char *database) MUST_CHECK; /* it is finished, or undone */
/* Undoes what was begun and is nobody's. Under backup_lock. */
struct err *backup_sweep(const struct bench *b) MUST_CHECK;
/* All of a site that is not one of the bench's yet. */
struct err *backup_sweep_site(const struct bench *b, const char *database, const char *site) MUST_CHECK;
