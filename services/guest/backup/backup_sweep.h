/* SPDX-License-Identifier: MIT */
/* The record of unfinished restores and imports, DATA/.mkbench/backup/begun.json: a killed one is cleaned up
 * by it. */
#pragma once
#include "lib/bench.h"

/* Call before the database is made for that site. is_new: an account, a folder and secrets are made, too. */
struct err *backup_sweep_begin(const struct bench *b, const char *database, const char *site,
			       bool is_new) MUST_CHECK;
/* call when it is finished or undone */
struct err *backup_sweep_end(const struct bench *b, const char *database) MUST_CHECK;
/* Where a site's former folder goes; the caller frees the path. */
char *backup_sweep_place(const struct bench *b, const char *site);
/* Removes what an unfinished run has left, and puts a former folder back into its place. Call under
 * backup_lock, before anything is fetched. */
struct err *backup_sweep(const struct bench *b) MUST_CHECK;
/* Removes all of a site that is not yet one of the bench's. */
struct err *backup_sweep_site(const struct bench *b, const char *database, const char *site) MUST_CHECK;
