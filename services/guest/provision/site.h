/* SPDX-License-Identifier: MIT */
/* One site: its secrets, its place on disk, and the steps that make it. A site is made once, as one
 * attempt of the ledger ("site/NAME": database, folder, the framework's own creation). What a dead attempt
 * left is removed, because the ledger says that it was ours, and the attempt is begun again. A
 * site that was made is never made again, and dropped only by a person (site_drop.h). */
#pragma once
#include "lib/placeholders.h"
#include "provision/provision_context.h"

struct site {
	const struct bench_site *row;
	char *name;		      /* of the ledger's step */
	char *folder, *config, *copy; /* DATA/sites/NAME, its site_config.json, the last-good copy of that */
	bool made;		      /* it exists: only looked after, never made */
	char *db_name, *db_user, *db_password, *admin_password, *encryption_key;
};

void site_open(struct provision_context *w, const struct bench_site *row, struct site *ret);
/* of its database: "_" and 16 digits of the name's SHA-256; the caller's */
char *site_default_name(const char *site);
void site_close(struct site *s);
#define AUTO_SITE __attribute__((cleanup(site_close)))

struct err *site_secrets(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;
struct err *site_database(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;
struct err *site_folder(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;
struct err *site_create(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;
struct err *site_finish(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;
/* Prebaked sites that have their own secrets now: what the build did of them counts as done here. */
struct err *site_conclude(struct provision_context *w, const struct site *sites, size_t count) MUST_CHECK;
/* While an image is built: the framework takes the site's secrets out of its database. */
struct err *site_seal(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;
/* Keeps a last-good copy of site_config.json among the secrets. */
struct err *site_keep_copy(const struct provision_context *w, const struct site *s) MUST_CHECK;
/* A made site: accounts and rights as site_config.json says, and a last-good copy of that. */
struct err *site_database_check(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;

/* Moves the tables into another schema (NULL: drops them), drops database and accounts. site:
 * for messages and crash points. */
struct err *site_database_drop(struct provision_context *w, const char *site, const char *db_name,
			       const char *db_user, const char *schema) MUST_CHECK;
/* Nothing of the site's last steps counts as done. */
struct err *site_database_unlist(struct provision_context *w, const char *site) MUST_CHECK;
/* A site that was made once and has been removed by hand since, folder and tables, may be made again.
 * Nothing happens when it is there, or was never made. */
struct err *site_database_forget(struct provision_context *w, const struct site *s) MUST_CHECK;

/* Runs a command of the framework for the site; one that holds {app} once an app of the list. */
struct err *site_run(struct provision_context *w, const struct site *s, const struct bench_command *c,
		     const char *const *apps) MUST_CHECK;

/* The words for a framework's templates; holds 8. */
size_t site_words(const struct site *s, struct placeholders_word words[static 8]);
