/* SPDX-License-Identifier: MIT */
/* Exports a site as the four files that the framework's own backup command writes. */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

/* Writes YYYYMMDD_HHMMSS-SITE-database.sql.gz, -files.tar, -private-files.tar and -site_config_backup.json.
 * With folder it writes there as root; with NULL it writes as the bench's user into the site's
 * private/backups. Dots in the site's name become _. The dump begins with the versions of its apps. ret: the
 * list of paths; the caller frees it. A failed export leaves no file. */
struct err *export_site(const struct bench *b, const char *site, const char *folder, json_t **ret) MUST_CHECK;
