/* SPDX-License-Identifier: MIT */
/* Restores one site: builds a database and a folder under new names, then exchanges them. */
#pragma once
#include <jansson.h>
#include <stdbool.h>

#include "lib/bench.h"

/* The source of a site. */
struct site_source {
	const char *dump;   /* a file of SQL statements, which root reads */
	const json_t *made; /* the tables and rows that it must have (dump.h), or NULL: unknown */
	const char *folder; /* the site's folder with its site_config.json, on the volume */
};

struct site_brought {
	const char *site;
	char *database; /* a new, complete database; its account has the same name */
	char *fresh;	/* the folder, with a configuration that names that database */
	json_t *config; /* the configuration */
	char *account;	/* the former database */
	char *kept;	/* where the former folder is after the exchange */
};

/* Builds the database and the files beside those that are served, and an account for that database alone,
 * which loads the dump. The password stays the site's own. */
struct err *backup_site_bring(const struct bench *b, const char *site, const struct site_source *from,
			      struct site_brought *ret) MUST_CHECK;
/* Exchanges the two folders by one rename: from then on the new ones are the site. */
struct err *backup_site_exchange(const struct bench *b, struct site_brought *s) MUST_CHECK;
/* Frees it, and removes what was built and not exchanged. */
void backup_site_leave(const struct bench *b, struct site_brought *s);

/* Makes a new site with a database, an account and secrets of its own, and adds it to the bench's sites with
 * these apps. Run provision for it afterwards to open it. admin_password may be NULL: unknown. migrate: runs
 * the framework's migration steps, too. A failure leaves nothing behind. */
struct err *backup_site_new(const struct bench *b, const char *site, const struct site_source *from,
			    const char *admin_password, bool migrate, const char *const *apps) MUST_CHECK;
