/* SPDX-License-Identifier: MIT */
/* The folders below a site's own that its framework wants to be there (bench.json's site_folders). */
#pragma once
#include "lib/bench.h"

/* Makes those that are missing, for the bench's user. What is there stays as it is, and nothing is made
 * behind a link. folder is the site's. Where the bench's user may change something below it, the caller works
 * with his rights (durable_as). */
struct err *site_folders_make(const struct bench *b, const char *folder) MUST_CHECK;
