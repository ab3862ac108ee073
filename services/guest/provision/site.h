/* SPDX-License-Identifier: MIT */
/* One site: its secrets, its folder, and the steps that make it. Making it is one attempt of the ledger
 * ("site/NAME": database, folder, the framework's own steps). What a dead attempt left is removed, because
 * the ledger says that it was ours; then the attempt begins again. A finished site is never made again, and
 * only a person drops it (site_drop.h). */
#pragma once
#include "lib/placeholders.h"
#include "provision/provision_context.h"

struct site {
	const struct bench_site *row;
	char *name;		      /* the step's name in the ledger */
	char *folder, *config, *copy; /* DATA/sites/NAME, its site_config.json, the last good copy of that */
	bool made;		      /* it exists: it is maintained, never made */
	char *db_name, *db_user, *db_password, *admin_password, *encryption_key;
};

void site_open(struct provision_context *w, const struct bench_site *row, struct site *ret);
/* the name of its database: "_" and 16 digits of the SHA-256 of the site's name; the caller frees it */
char *site_default_name(const char *site);
void site_close(struct site *s);
#define AUTO_SITE __attribute__((cleanup(site_close)))

struct err *site_secrets(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;
struct err *site_database(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;
struct err *site_folder(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;
struct err *site_create(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;
struct err *site_finish(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;
/* For prebaked sites that have their own secrets by now: the steps of the build count as done. */
struct err *site_conclude(struct provision_context *w, const struct site *sites, size_t count) MUST_CHECK;
/* While an image is built: removes the framework's secrets from the site's database. */
struct err *site_seal(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;
/* Keeps a last good copy of site_config.json among the secrets. */
struct err *site_keep_copy(const struct provision_context *w, const struct site *s) MUST_CHECK;
/* For a finished site: makes accounts and rights as site_config.json says, and keeps a last good copy of it.
 */
struct err *site_database_check(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;

/* Moves the tables into another schema (NULL: drops them), then drops database and accounts. site: for
 * messages and crash points. */
struct err *site_database_drop(struct provision_context *w, const char *site, const char *db_name,
			       const char *db_user, const char *schema) MUST_CHECK;
/* Resets the site's last steps, so that none counts as done. */
struct err *site_database_unlist(struct provision_context *w, const char *site) MUST_CHECK;
/* Allows a site to be made again whose folder and tables a person has removed by hand. Does nothing when it
 * exists, or was never made. */
struct err *site_database_forget(struct provision_context *w, const struct site *s) MUST_CHECK;

/* Runs a command of the framework for the site; one that holds {app} runs once for each app of the list. */
struct err *site_run(struct provision_context *w, const struct site *s, const struct bench_command *c,
		     const char *const *apps) MUST_CHECK;

/* The words for a framework's templates; ret has room for 8. */
size_t site_words(const struct site *s, struct placeholders_word words[static 8]);
