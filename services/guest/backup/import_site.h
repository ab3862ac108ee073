/* SPDX-License-Identifier: MIT */
/* Makes a site from the files of a framework's own backup (export.h), whatever bench they come from. */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

struct import_files {
	const char *database;			    /* .sql or .sql.gz */
	const char *files, *private_files, *config; /* .tar or .tgz; JSON; or NULL */
	/* NULL-terminated; empty: the apps that the dump names, else those of the image's default site */
	const char *const *apps;
};

/* Makes a new site, migrates it, and adds it to the bench's sites. Run provision for it afterwards to open
 * it. Its encryption key comes from the configuration. Refuses a dump that names an app which the image
 * lacks, or a newer version of one. A failure leaves nothing behind. */
struct err *import_site(const struct bench *b, const char *site, const struct import_files *from) MUST_CHECK;
