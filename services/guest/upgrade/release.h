/* SPDX-License-Identifier: MIT */
/* Releases: what an image makes of a site, and what the volume was last committed to
 * (DATA/.mkbench/committed.json). A release is the framework, MariaDB's series, and the apps with what each
 * was built from. Between equal releases no migration is needed. */
#pragma once
#include "lib/bench.h"
#include "provision/ledger.h"

/* The image's release, {"framework": …, "mariadb": its series, "apps": {NAME: {"source": …, "version": …}}};
 * the caller frees it. */
json_t *release_of_image(const struct bench *b);
/* Reads committed.json. ret is NULL when there is none: on a new volume, or one from before releases
 * existed. */
struct err *release_read(const struct bench *b, json_t **ret) MUST_CHECK;

const char *release_server(const json_t *release); /* MariaDB's series, "10.11"; "" when it is unknown */

/* Whether a start with this image must migrate the data; committed may be NULL. */
bool release_is_due(const struct bench *b, const struct ledger *l, const json_t *committed);
/* Only looks. An error when the image is older than what was committed, or lacks an app that a site has. */
struct err *release_check(const struct bench *b, const json_t *committed) MUST_CHECK;
/* Whether the image can take a site with that row of a committed.json ("framework", "apps"): ERR_SYSTEM
 * names the app that it lacks or has in an older version.
 * ret_same: the site needs no migration. */
struct err *release_check_site(const struct bench *b, const json_t *row, bool *ret_same) MUST_CHECK;
bool release_is_made(const struct ledger *l, const char *site); /* whether the site was finished */

/* Commits a volume without sites to this image; a volume from before releases existed stays as it is. */
struct err *release_begin(const struct bench *b, const struct ledger *l) MUST_CHECK;
/* Records a site that was just made as the image's. Does nothing while another release is committed. */
struct err *release_add_site(const struct bench *b, const char *site) MUST_CHECK;
/* Commits by one rename: every finished site of the bench is now of the image's release. upgrade: the id of
 * the upgrade. */
struct err *release_commit(const struct bench *b, const struct ledger *l, const char *upgrade) MUST_CHECK;
/* The apps that the site shall have and, by committed, does not have yet. NULL-terminated; the caller frees
 * the list; the names are borrowed. */
const char **release_new_apps(const struct bench *b, const json_t *committed, const struct bench_site *site);
