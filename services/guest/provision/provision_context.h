/* SPDX-License-Identifier: MIT */
/* The state that the steps of one run of provision share. */
#pragma once
#include "lib/bench.h"
#include "provision/ledger.h"
#include "provision/report.h"
#include "lib/sql.h"

struct upgrade;

struct provision_context {
	struct bench bench;
	struct ledger *ledger;
	struct report *report;
	struct sql *root; /* a connection as MariaDB's root, once it answers */
	char *prebaked;	  /* the id of the image's prebaked sites, once it was read; NULL: it has none */
	/* the image is being built: sites are made and sealed, and not served (prebake.h) */
	bool prebakes;
	bool *ready;		 /* for each site: whether it may be reached */
	const char *only;	 /* the one site that a person asked for; NULL at a start */
	const char *drop;	 /* the site that a person drops, or NULL */
	bool anew;		 /* ... and it may be made again although a person has removed it by hand */
	struct upgrade *upgrade; /* the upgrade that this start makes (upgrade.h), or NULL */
	bool went_back;		 /* the upgrade failed, and this instance does not try again */
	char *failed;		 /* the first step that failed, and why */
	bool again; /* the second or a later run in one start: the bench's programs are up already */
};
