/* SPDX-License-Identifier: MIT */
/* One site's way back: a database and a folder under new names, and then the exchange. */
#pragma once
#include <jansson.h>
#include <stdbool.h>

#include "lib/bench.h"

/* What a site is made of. */
struct site_source {
	const char *dump;   /* file of statements, which root reads */
	const json_t *made; /* what it must be (dump.h), or NULL: nobody knows */
	const char *folder; /* the site's folder with its site_config.json, on the volume */
};

struct site_brought {
	const char *site;
	char *database; /* new, and whole; its account is called so, too */
	char *fresh;	/* the folder, with a configuration that names it */
	json_t *config; /* that */
	char *account;	/* that of before */
	char *kept;	/* where the folder of before is, once it was exchanged */
};

/* Database and files beside those that are served, and an account of that database alone, which reads the
 * dump in. The password stays the site's own. */
struct err *backup_site_bring(const struct bench *b, const char *site, const struct site_source *from,
			      struct site_brought *ret) MUST_CHECK;
/* One exchange of two folders makes them the site. */
struct err *backup_site_exchange(const struct bench *b, struct site_brought *s) MUST_CHECK;
/* Frees it; what was brought and not exchanged is removed. */
void backup_site_leave(const struct bench *b, struct site_brought *s);

/* A site that is not there yet, with a database, an account and secrets of its own, listed as one of the
 * bench's, with these apps: whoever runs provision for it then opens it. admin_password may be NULL: nobody
 * knows it. migrate: the framework's steps are run, too. Nothing of it is left when it fails. */
struct err *backup_site_new(const struct bench *b, const char *site, const struct site_source *from,
			    const char *admin_password, bool migrate, const char *const *apps) MUST_CHECK;
