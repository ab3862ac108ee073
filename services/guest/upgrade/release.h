/* SPDX-License-Identifier: MIT */
/* What an image makes of a site, and what the volume was last committed to: DATA/.mkbench/committed.json. A
 * release is the framework, MariaDB's series, and the apps with what each was built from; two with the same
 * bytes of these need no migration between them. */
#pragma once
#include "lib/bench.h"
#include "provision/ledger.h"

/* The image's, {"framework": …, "mariadb": its series, "apps": {NAME: {"source": …,
 * "version": …}}}; the caller's. */
json_t *release_of_image(const struct bench *b);
/* committed.json, or NULL when there is none: a volume of before there were releases, or a new one. */
struct err *release_read(const struct bench *b, json_t **ret) MUST_CHECK;

const char *release_server(const json_t *release); /* MariaDB's series, "10.11"; "" when it is not known */

/* Whether a start with this image must migrate what is there; committed may be NULL. */
bool release_is_due(const struct bench *b, const struct ledger *l, const json_t *committed);
/* Refuses what cannot work, and only looks: an image older than what was committed, an app that a
 * site has and the image has not. */
struct err *release_check(const struct bench *b, const json_t *committed) MUST_CHECK;
/* Whether the image can have a site of that row of a committed.json ("framework", "apps"): ERR_SYSTEM names
 * the app that it has not, or has older.
 * ret_same: it needs no migration. */
struct err *release_check_site(const struct bench *b, const json_t *row, bool *ret_same) MUST_CHECK;
bool release_is_made(const struct ledger *l, const char *site); /* the site was made whole */

/* A volume without a site is committed to the image that makes its sites; one of before
 * there were releases stays as it is. */
struct err *release_begin(const struct bench *b, const struct ledger *l) MUST_CHECK;
/* A site that was just made is what the image is. Nothing happens while another release is committed. */
struct err *release_add_site(const struct bench *b, const char *site) MUST_CHECK;
/* By one rename: every site of the bench that was made is now what the image is.
 * upgrade: the id of what led here. */
struct err *release_commit(const struct bench *b, const struct ledger *l, const char *upgrade) MUST_CHECK;
/* The apps of a site that it has not yet, by committed; NULL-terminated, the
 * caller's list of borrowed names. */
const char **release_new_apps(const struct bench *b, const json_t *committed, const struct bench_site *site);
