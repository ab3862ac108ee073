/* SPDX-License-Identifier: MIT */
/* The MariaDB account that a site's site_config.json names. That file is the bench user's to
 * write, and a root who comes by MariaDB's socket needs no password: an account or a database that
 * is the server's own is refused. */
#pragma once
#include "lib/bench.h"
#include "lib/sql.h"

/* The site_config.json of a site, read with the bench user's rights (durable.h); an error
 * when it is missing or damaged. */
struct err *site_account_config(const struct bench *b, const char *site, json_t **ret) MUST_CHECK;
/* config: for the message. */
struct err *site_account_check(const char *config, const char *db_name, const char *db_user) MUST_CHECK;
/* The account under both names of this machine, made or with another password, and
 * all rights on this schema alone. */
struct err *site_account_make(struct sql *root, const char *schema, const char *user,
			      const char *password) MUST_CHECK;
/* Takes it away again, with its rights; none is no error. */
struct err *site_account_drop(struct sql *root, const char *user) MUST_CHECK;
/* The site's database, opened as its account. */
struct err *site_account_open(const struct bench *b, const json_t *config, unsigned limit_seconds,
			      struct sql **ret) MUST_CHECK;
