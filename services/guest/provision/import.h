/* SPDX-License-Identifier: MIT */
/* Loads a dump into a new database of a server. */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

struct import {
	const char *socket; /* of the server */
	const char *schema; /* must not exist */
	/* the site's account, which is made or gets this password; it alone loads the dump.
	 * NULL: root loads it, for a dump of ours */
	const char *user, *password;
	const struct account *as; /* who the client runs as; NULL: root */
	const char *dump;	  /* the dump's file, which root reads */
	const json_t *tables;	  /* {TABLE: rows} to compare with; NULL: unknown */
};

struct err *import_dump(const struct import *i) MUST_CHECK;
/* Drops the database, and the account of the same name, after a failure that was already reported. */
void import_drop(const char *socket, const char *schema);
