/* SPDX-License-Identifier: MIT */
/* Sites that were made while the image was built (prebake/prebake.h). They lie in the image, without any
 * secret: MariaDB's folder, the sites' files, what waits in Redis. An empty volume gets a copy; then each
 * site gets secrets of its own, as one that the framework makes does, and the framework's site_renew. What
 * dies on the way goes on: the ledger has "unpack/ID/SITE", begun before a site's files are written and done
 * before MariaDB's folder gets its name, and "site/SITE", done once the site has its secrets. */
#pragma once
#include "provision/site.h"

/* In the folder PREBAKED beside bench.json: list.json {"id": …, "sites": [NAME…], "shapes": {NAME: {"rows":
 * {TABLE: …}, "columns": {TABLE: MD5}, "keys": {TABLE: MD5}}}, "templates": (site_template.h)}, mariadb/,
 * sites/NAME/, redis/NAME/, dumps/. */
#define PREBAKED "sites"
char *prebaked_path(const char *below); /* the caller's; below may be "" */

/* list.json, or NULL when the image has none; the caller's */
struct err *prebaked_list(json_t **ret) MUST_CHECK;

/* Whether the image has such sites, or an image before it has left some half made. */
bool prebaked_is_due(const struct provision_context *w);
/* Machine steps: the copy; every site's secrets, all in one run of the framework's program. Of the second a
 * failure is only said: each site then tries by itself, in prebaked_renew_site. */
struct err *prebaked_unpack(struct provision_context *w, bool *ret_did) MUST_CHECK;
struct err *prebaked_renew(struct provision_context *w, bool *ret_did) MUST_CHECK;

/* Whether the site came of the image's copy and has no secrets of its own yet. */
bool prebaked_waits(const struct provision_context *w, const char *site);
/* The framework's site_renew for sites that have secrets, account and folder. */
struct err *prebaked_renew_sites(struct provision_context *w, struct site *sites, size_t count) MUST_CHECK;
