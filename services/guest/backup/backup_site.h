/* SPDX-License-Identifier: MIT */
/* One site of a backup: where it is, and its way back. */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

/* The database that its site_config.json names; the caller's. */
struct err *backup_site_database(const struct bench *b, const char *site, char **ret) MUST_CHECK;
/* from: a backup as it came from the repository. The site gets a new database and its files, checked against made (dump.h), under new names;
 * one exchange of two folders makes them the site. Account, password and database user stay this instance's. */
struct err *backup_site_restore(const struct bench *b, const char *site, const char *from, const json_t *made, char **ret_kept) MUST_CHECK;
