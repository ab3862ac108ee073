/* SPDX-License-Identifier: MIT */
/* A site as the four files that the framework's own command for backups writes. */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

/* Writes YYYYMMDD_HHMMSS-SITE-database.sql.gz, -files.tar, -private-files.tar and -site_config_backup.json
 * into folder, as root, or (NULL) as the bench's user into the site's private/backups; dots of the site's
 * name become _. The dump begins with the versions of its apps. ret: the paths, a list, the caller's. Of an
 * export that fails nothing stays. */
struct err *export_site(const struct bench *b, const char *site, const char *folder, json_t **ret) MUST_CHECK;
