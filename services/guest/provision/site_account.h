/* SPDX-License-Identifier: MIT */
/* The MariaDB account that a site's site_config.json names. The bench's user can write that file, and root
 * logs in to MariaDB's socket without a password. So an account or a database of the server's own is
 * refused. */
#pragma once
#include "lib/bench.h"
#include "lib/sql.h"

/* Reads a site's site_config.json with the bench user's rights (durable.h); an error when it is missing or
 * damaged. */
struct err *site_account_config(const struct bench *b, const char *site, json_t **ret) MUST_CHECK;
/* config: the file's name, for the message. */
struct err *site_account_check(const char *config, const char *db_name, const char *db_user) MUST_CHECK;
/* Makes the account for both names of this machine, or sets its password, and gives it all rights on this
 * schema alone. */
struct err *site_account_make(struct sql *root, const char *schema, const char *user,
			      const char *password) MUST_CHECK;
/* Drops it with its rights; no error when there is none. */
struct err *site_account_drop(struct sql *root, const char *user) MUST_CHECK;
/* Opens the site's database with its account. */
struct err *site_account_open(const struct bench *b, const json_t *config, unsigned limit_seconds,
			      struct sql **ret) MUST_CHECK;
