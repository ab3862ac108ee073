/* SPDX-License-Identifier: MIT */
/* Makes the folders below a site's own that its framework wants (bench.json's site_folders). */
#pragma once
#include "lib/bench.h"

/* Makes the missing ones for the bench's user. Leaves existing ones, and makes nothing behind a link. folder
 * is the site's. Where the bench's user may change something below it, call with his rights (durable_as). */
struct err *site_folders_make(const struct bench *b, const char *folder) MUST_CHECK;
