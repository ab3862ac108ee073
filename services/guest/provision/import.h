/* SPDX-License-Identifier: MIT */
/* A dump becomes a new database of a server. */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

struct import {
	const char *socket; /* of the server */
	const char *schema; /* is not there yet */
	/* the site's account, made or given this password: it alone reads the dump
	 * in. NULL: root, a dump of ours */
	const char *user, *password;
	const struct account *as; /* who the client runs as; NULL: root */
	const char *dump;	  /* its file, which root reads */
	const json_t *tables;	  /* {TABLE: rows}: what it must come to; NULL: nobody knows */
};

struct err *import_dump(const struct import *i) MUST_CHECK;
/* The database and the account that is called as it is, after a failure, which is told already. */
void import_drop(const char *socket, const char *schema);
