/* SPDX-License-Identifier: MIT */
/* A site from the files of a framework's own backup (export.h), of whatever bench. */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

struct import_files {
	const char *database;			    /* .sql or .sql.gz */
	const char *files, *private_files, *config; /* .tar or .tgz; JSON; or NULL */
	/* NULL-terminated; none: those that the dump names, or else those of the image's default site */
	const char *const *apps;
};

/* A new site, migrated, listed as one of the bench's, and opened by whoever runs provision for it. Its
 * encryption key is that of the configuration. Refused when the dump names an app that the image has not, or
 * a newer version of one. Nothing of it is left when it fails. */
struct err *import_site(const struct bench *b, const char *site, const struct import_files *from) MUST_CHECK;
