/* SPDX-License-Identifier: MIT */
/* Sites that were made while the image was built (prebake/prebake.h). The image has them without any secret:
 * MariaDB's folder, the sites' files, the keys of Redis. An empty volume gets a copy; then each site gets
 * secrets of its own, like a site that the framework makes, and the framework's site_renew runs. After a
 * kill the next start goes on: the ledger has "unpack/ID/SITE", begun before a site's files are written and
 * done before MariaDB's folder gets its name, and "site/SITE", done once the site has its secrets. */
#pragma once
#include "provision/site.h"

/* In the folder PREBAKED beside bench.json: list.json {"id": …, "sites": [NAME…], "shapes": {NAME: {"rows":
 * {TABLE: …}, "columns": {TABLE: MD5}, "keys": {TABLE: MD5}}}, "templates": (site_template.h)}, mariadb/,
 * sites/NAME/, redis/NAME/, dumps/. */
#define PREBAKED "sites"
char *prebaked_path(const char *below); /* the caller frees it; below may be "" */

/* list.json, or NULL when the image has none; the caller frees it */
struct err *prebaked_list(json_t **ret) MUST_CHECK;

/* Whether the image has such sites, or another image has left some of them half made. */
bool prebaked_is_due(const struct provision_context *w);
/* Machine steps: the copy; then every site's secrets, in one run of the framework's program for many sites.
 * A failure of the second is only logged: each site then tries by itself in prebaked_renew_site. */
struct err *prebaked_unpack(struct provision_context *w, bool *ret_did) MUST_CHECK;
struct err *prebaked_renew(struct provision_context *w, bool *ret_did) MUST_CHECK;

/* Whether the site came from the image's copy and has no secrets of its own yet. */
bool prebaked_waits(const struct provision_context *w, const char *site);
/* Runs the framework's site_renew for sites that have secrets, account and folder. */
struct err *prebaked_renew_sites(struct provision_context *w, struct site *sites, size_t count) MUST_CHECK;
